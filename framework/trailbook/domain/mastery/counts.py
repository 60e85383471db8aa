"""The default model: logistic regression on counts, with difficulties and levels that are learned as answers come.

The log-odds of a right answer are the sum of

- an easiness of the exercise and of its skills, a level of the learner and of the learner on these skills, each with
  a mean and a variance that every answer narrows (a Kalman filter on the log-odds, as in Glicko: Glickman 1999); an
  effect nobody has seen starts at the mean of all, with its prior variance;
- counts of what the learner won and lost on these skills and on this exercise, the learner's recent form and the days
  since the skill was practised, with weights that all skills share and that follow the course slowly.

The sum is drawn towards 0 by what is not known of it (MacKay 1992), and scaled so that it is calibrated. Several skills
of one exercise count by their mean.
"""

from __future__ import annotations

from math import exp, log1p, sqrt

from trailbook.domain.mastery.protocol import RIGHT, Answer, Question, SkillEvidence
from trailbook.domain.mastery.weights import SHIPPED, Weights

MODERATION = 0.3927  # π / 8
RECENT = 0.2  # what the last answer counts of the recent form
MOST = 30.0  # log-odds beyond this are the same to a float
DAY = 86_400.0
SCALE = (0.5, 2.0)
_NO_COUNTS = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_NO_TRIES = (0.0, 0.0)
MOST_SHARED = 10_000  # different tries of which each is kept once


class Effect:
    """One unknown of the sum: its mean and variance, in log-odds."""

    __slots__ = ("mean", "variance")

    def __init__(self, variance: float) -> None:
        self.mean = 0.0
        self.variance = variance


class Level(Effect):
    """A learner's level over all, with the recent form in [-1, 1]."""

    __slots__ = ("form", "items", "skills")

    def __init__(self, variance: float) -> None:
        super().__init__(variance)
        self.form = 0.0
        self.skills: dict[str, SkillLevel] = {}
        self.items: dict[str, tuple[float, float]] = {}  # points won, points lost


class SkillLevel(Effect):
    """A learner's level on one skill, with the points won and lost on it."""

    __slots__ = ("last_at", "right", "run", "wrong")

    def __init__(self, variance: float) -> None:
        super().__init__(variance)
        self.right = 0.0
        self.wrong = 0.0
        self.run = 0
        self.last_at: float | None = None


class Item(Effect):
    """An exercise's easiness, and the tests it was learned with."""

    __slots__ = ("tests",)

    def __init__(self, variance: float) -> None:
        super().__init__(variance)
        self.tests: str | None = None

    def meet(self, tests: str, prior: float) -> None:
        """Know less of an exercise whose tests are not those it was learned with."""
        if self.tests is not None and tests != self.tests:
            self.variance = max(self.variance, prior / 2)
        self.tests = tests


class Sight:
    """What a prediction is made of: the effects in it, the counts beside them, and their sum."""

    __slots__ = ("counts", "easiness", "item", "level", "levels", "part", "total", "tries", "unknown")

    def __init__(self, level: Level, item: Item, tries: tuple[float, float], skills: int) -> None:
        self.level = level
        self.item = item
        self.tries = tries
        self.part = 1.0 / skills
        self.easiness: list[Effect] = []
        self.levels: list[SkillLevel] = []
        self.counts = _NO_COUNTS
        self.total = 0.0
        self.unknown = 0.0


class CountsModel:
    """See the module. Memory: a few hundred bytes for each learner and skill, and each learner and exercise, met."""

    name = "counts"

    def __init__(self, weights: Weights = SHIPPED) -> None:
        self.prior = weights
        self.base = Effect(weights.base)
        self.items: dict[str, Item] = {}
        self.skills: dict[str, Effect] = {}
        self.learners: dict[str, Level] = {}
        self.scale = 1.0
        self.shared = weights.shared()
        self._tries: dict[tuple[float, float], tuple[float, float]] = {}

    def predict(self, question: Question) -> float:
        """Return the probability in (0, 1) of a right answer; changes nothing."""
        sight = self._find(question)
        self._sum(sight, question.at)
        return self._probability(sight)

    def update(self, answer: Answer) -> float:
        """Learn from an answer; return what `predict` would have said just before it."""
        sight = self._meet(answer)
        self._sum(sight, answer.at)
        predicted = self._probability(sight)
        self._learn(sight, answer)
        return predicted

    def explain(self, learner: str, skill: str, *, at: float | None = None) -> SkillEvidence:
        """Return what is known of a learner's skill now; a learner or skill never seen is no error."""
        level = self.learners.get(learner)
        mine = level.skills.get(skill) if level else None
        probability = self.predict(Question(learner, "", (skill,), at))
        if mine is None:
            return SkillEvidence(skill, probability, 0.0, 0.0, None)
        return SkillEvidence(skill, probability, mine.right, mine.wrong, mine.last_at, mine.run)

    def _find(self, question: Question) -> Sight:
        """Return the effects of a question; what was never seen is made, and forgotten with the sight."""
        prior = self.prior
        level = self.learners.get(question.learner) or Level(prior.learner)
        skills = question.skills or (question.item,)
        item = self.items.get(question.item) or Item(prior.item)
        sight = Sight(level, item, level.items.get(question.item, _NO_TRIES), len(skills))
        for skill in skills:
            sight.easiness.append(self.skills.get(skill) or Effect(prior.skill))
            sight.levels.append(level.skills.get(skill) or SkillLevel(prior.skill_of_learner))
        return sight

    def _meet(self, answer: Answer) -> Sight:
        """Return the effects of an answer; what was never seen is made, and kept."""
        prior, name = self.prior, answer.item
        level = self.learners.get(answer.learner)
        if level is None:
            level = self.learners[answer.learner] = Level(prior.learner)
        item = self.items.get(name)
        if item is None:
            item = self.items[name] = Item(prior.item)
        if answer.tests is not None:
            item.meet(answer.tests, prior.item)
        skills = answer.skills or (name,)
        sight = Sight(level, item, level.items.get(name, _NO_TRIES), len(skills))
        for skill in skills:
            easiness = self.skills.get(skill)
            if easiness is None:
                easiness = self.skills[skill] = Effect(prior.skill)
            mine = level.skills.get(skill)
            if mine is None:
                mine = level.skills[skill] = SkillLevel(prior.skill_of_learner)
            sight.easiness.append(easiness)
            sight.levels.append(mine)
        return sight

    def _sum(self, sight: Sight, at: float | None) -> None:
        """Add up the log-odds of a right answer, and what is not known of them."""
        prior, part, item, level = self.prior, sight.part, sight.item, sight.level
        mean = variance = right = wrong = lapse = 0.0
        for easiness in sight.easiness:
            mean += easiness.mean
            variance += easiness.variance
        for mine in sight.levels:
            mean += mine.mean
            variance += mine.variance
            right += log1p(mine.right)
            wrong += log1p(mine.wrong)
            if at is not None and mine.last_at is not None and at > mine.last_at:
                days = (at - mine.last_at) / DAY
                lapse += log1p(days)
                variance += max(0.0, min(prior.skill_of_learner - mine.variance, days * prior.drift_a_day))
        one, two, three, four, five, six = self.shared
        right, wrong, lapse = right * part, wrong * part, lapse * part
        again_right, again_wrong = log1p(sight.tries[0]), log1p(sight.tries[1])
        sight.counts = (right, wrong, again_right, again_wrong, level.form, lapse)
        total = (
            self.base.mean + item.mean + level.mean + mean * part + one * right + two * wrong
            + three * again_right + four * again_wrong + five * level.form + six * lapse
        )  # fmt: skip
        sight.total = MOST if total > MOST else -MOST if total < -MOST else total
        sight.unknown = self.base.variance + item.variance + level.variance + variance * part * part

    def _probability(self, sight: Sight) -> float:
        log_odds = self.scale * sight.total / sqrt(1.0 + MODERATION * sight.unknown)
        return 1.0 / (1.0 + exp(-MOST if log_odds > MOST else MOST if log_odds < -MOST else -log_odds))

    def _learn(self, sight: Sight, answer: Answer) -> None:
        """Move every effect towards the answer by what is unknown of it, and the shared weights a little."""
        share, level, part, prior = answer.share, sight.level, sight.part, self.prior
        expected = 1.0 / (1.0 + exp(-sight.total))
        surprise = share - expected
        weight = 1.0 - share * answer.hints / (1.0 + answer.hints) if answer.hints else 1.0
        information = weight * expected * (1.0 - expected)
        narrowing = 1.0 / (1.0 + information * sight.unknown)
        gain, shrink = weight * surprise * narrowing, information * narrowing
        for effect in (self.base, sight.item, level):
            spread = effect.variance
            effect.mean += spread * gain
            effect.variance = spread - spread * spread * shrink
        self._learn_shared(sight, share, weight * surprise)
        gain, shrink = gain * part, shrink * part * part
        for easiness in sight.easiness:
            spread = easiness.variance
            easiness.mean += spread * gain
            easiness.variance = spread - spread * spread * shrink
        at, won, lost = answer.at, weight * share, 1.0 - share
        for mine in sight.levels:
            spread = mine.variance
            mine.mean += spread * gain
            mine.variance = spread - spread * spread * shrink + prior.drift_of_skill
            mine.right += won
            mine.wrong += lost
            mine.run = mine.run + 1 if share >= RIGHT else 0
            if at is not None:
                mine.last_at = at
        level.variance += prior.drift_of_learner
        level.form += RECENT * (surprise - level.form)
        level.items[answer.item] = self._once((sight.tries[0] + share, sight.tries[1] + lost))

    def _once(self, tries: tuple[float, float]) -> tuple[float, float]:
        """Return equal tries as one value: most learners' are the same few, and there are very many of them."""
        known = self._tries.get(tries)
        if known is None:
            known = tries
            if len(self._tries) < MOST_SHARED:
                self._tries[tries] = tries
        return known

    def _learn_shared(self, sight: Sight, share: float, surprise: float) -> None:
        """Follow the course with the weights all skills share, and with the scale; slowly, by gradient."""
        step = self.prior.rate * surprise
        if step:
            self.shared = [weight + step * count for weight, count in zip(self.shared, sight.counts, strict=True)]
        moderated = self.scale * sight.total / sqrt(1.0 + MODERATION * sight.unknown)
        predicted = 1.0 / (1.0 + exp(-moderated))
        scale = self.scale + 0.25 * self.prior.rate * (share - predicted) * moderated
        self.scale = min(max(scale, SCALE[0]), SCALE[1])
