"""Bayesian knowledge tracing with four bounded parameters a skill (Corbett and Anderson 1995).

A learner holds a skill or does not. Guess stays under 0.5 and slip under 0.4, so that holding it always means being
right more often than not holding it: free estimates degenerate on small classes (Baker, Corbett, Aleven 2008).
`bkt_fit` finds parameters on a log; without them every skill has the ones here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trailbook.domain.mastery.protocol import RIGHT, Answer, Question, SkillEvidence

MOST_GUESS = 0.49
MOST_SLIP = 0.39
LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Parameters:
    """Of one skill, each a probability: held at first, learned at each practice, right without it, wrong with it."""

    initial: float = 0.3
    learn: float = 0.15
    guess: float = 0.2
    slip: float = 0.1

    def bounded(self) -> Parameters:
        """Return the nearest parameters within the bounds."""
        return Parameters(
            _between(LEAST, self.initial, 1 - LEAST),
            _between(LEAST, self.learn, 1 - LEAST),
            _between(LEAST, self.guess, MOST_GUESS),
            _between(LEAST, self.slip, MOST_SLIP),
        )

    def right(self, held: float) -> float:
        """Return the probability of a right answer, given that of holding the skill."""
        return held * (1 - self.slip) + (1 - held) * self.guess

    def after(self, held: float, share: float) -> float:
        """Return the probability of holding the skill after an answer; a share weighs both outcomes."""
        right = self.right(held)
        given_right = held * (1 - self.slip) / right
        given_wrong = held * self.slip / (1 - right)
        known = share * given_right + (1 - share) * given_wrong
        return known + (1 - known) * self.learn


class Held:
    """A learner's standing on one skill."""

    __slots__ = ("last_at", "probability", "right", "run", "wrong")

    def __init__(self, probability: float) -> None:
        self.probability = probability
        self.right = 0.0
        self.wrong = 0.0
        self.run = 0
        self.last_at: float | None = None


class BktModel:
    """See the module. An exercise of several skills is predicted by their mean and is evidence of each."""

    name = "bkt"

    def __init__(self, parameters: Mapping[str, Parameters] | None = None, default: Parameters | None = None) -> None:
        self.parameters = {skill: found.bounded() for skill, found in (parameters or {}).items()}
        self.default = (default or Parameters()).bounded()
        self.held: dict[tuple[str, str], Held] = {}

    def predict(self, question: Question) -> float:
        """Return the probability in (0, 1) of a right answer; changes nothing."""
        skills = question.skills or (question.item,)
        return sum(self._right(question.learner, skill) for skill in skills) / len(skills)

    def update(self, answer: Answer) -> float:
        """Learn from an answer; return what `predict` would have said just before it."""
        predicted = self.predict(answer)
        for skill in answer.skills or (answer.item,):
            found = self._of(skill)
            mine = self.held.setdefault((answer.learner, skill), Held(found.initial))
            mine.probability = found.after(mine.probability, answer.share)
            mine.right += answer.share
            mine.wrong += 1.0 - answer.share
            mine.run = mine.run + 1 if answer.share >= RIGHT else 0
            if answer.at is not None:
                mine.last_at = answer.at
        return predicted

    def explain(self, learner: str, skill: str, *, at: float | None = None) -> SkillEvidence:
        """Return what is known of a learner's skill now; a learner or skill never seen is no error."""
        probability = self._right(learner, skill)
        mine = self.held.get((learner, skill))
        if mine is None:
            return SkillEvidence(skill, probability, 0.0, 0.0, None)
        return SkillEvidence(skill, probability, mine.right, mine.wrong, mine.last_at, mine.run)

    def _of(self, skill: str) -> Parameters:
        return self.parameters.get(skill, self.default)

    def _right(self, learner: str, skill: str) -> float:
        found, mine = self._of(skill), self.held.get((learner, skill))
        return found.right(mine.probability if mine else found.initial)


def _between(least: float, value: float, most: float) -> float:
    return min(max(least, value), most)  # in this order what is no number becomes the least
