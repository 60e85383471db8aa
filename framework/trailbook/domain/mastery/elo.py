"""Elo: a level for each learner and an easiness for each exercise, moved by every answer.

Steps shrink with the number of answers, as K = a / (1 + b n) with a = 1 and b = 0.05 (Pelánek 2016). A learner has a
level over all, and on each skill what differs from it.
"""

from __future__ import annotations

from math import exp

from trailbook.domain.mastery.protocol import RIGHT, Answer, Question, SkillEvidence

FIRST_STEP = 1.0
SLOWING = 0.05


class Rating:
    """A number in log-odds, and from how many answers it is."""

    __slots__ = ("answers", "last_at", "right", "run", "value")

    def __init__(self) -> None:
        self.value = 0.0
        self.answers = 0
        self.right = 0.0
        self.run = 0
        self.last_at: float | None = None

    def move(self, surprise: float, share: float, at: float | None) -> None:
        """Move towards an answer; ``surprise`` is its share less what was predicted, in [-1, 1]."""
        self.value += FIRST_STEP / (1.0 + SLOWING * self.answers) * surprise
        self.answers += 1
        self.right += share
        self.run = self.run + 1 if share >= RIGHT else 0
        if at is not None:
            self.last_at = at


class EloModel:
    """See the module."""

    name = "elo"

    def __init__(self) -> None:
        self.items: dict[str, Rating] = {}
        self.learners: dict[str, Rating] = {}
        self.levels: dict[tuple[str, str], Rating] = {}

    def predict(self, question: Question) -> float:
        """Return the probability in (0, 1) of a right answer; changes nothing."""
        skills = question.skills or (question.item,)
        level = sum(_value(self.levels.get((question.learner, skill))) for skill in skills) / len(skills)
        total = _value(self.items.get(question.item)) + _value(self.learners.get(question.learner)) + level
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))

    def update(self, answer: Answer) -> float:
        """Learn from an answer; return what `predict` would have said just before it."""
        predicted = self.predict(answer)
        surprise = answer.share - predicted
        self.items.setdefault(answer.item, Rating()).move(surprise, answer.share, answer.at)
        self.learners.setdefault(answer.learner, Rating()).move(surprise, answer.share, answer.at)
        for skill in answer.skills or (answer.item,):
            self.levels.setdefault((answer.learner, skill), Rating()).move(surprise, answer.share, answer.at)
        return predicted

    def explain(self, learner: str, skill: str, *, at: float | None = None) -> SkillEvidence:
        """Return what is known of a learner's skill now; a learner or skill never seen is no error."""
        probability = self.predict(Question(learner, "", (skill,), at))
        mine = self.levels.get((learner, skill))
        if mine is None:
            return SkillEvidence(skill, probability, 0.0, 0.0, None)
        return SkillEvidence(skill, probability, mine.right, mine.answers - mine.right, mine.last_at, mine.run)


def _value(rating: Rating | None) -> float:
    return rating.value if rating else 0.0
