"""What a learner model must be able to do, and the words it speaks in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

RIGHT = 0.999  # a share from which an answer counts as right in full


@dataclass(frozen=True, slots=True)
class Question:
    """One exercise put before one learner.

    Attributes
    ----------
    skills
        Skills the exercise gives evidence of, each once; an exercise without any stands for a skill of its own.
    at
        When, in seconds of any one clock; None where no time is known.
    """

    learner: str
    item: str
    skills: tuple[str, ...]
    at: float | None = None

    @property
    def practised(self) -> tuple[str, ...]:
        """The skills, or the exercise itself where it names none."""
        return self.skills or (self.item,)


@dataclass(frozen=True, slots=True)
class Answer(Question):
    """How the learner did: one graded outcome, the only evidence there is.

    Attributes
    ----------
    share
        Share of the exercise's points, in [0, 1].
    hints
        Hints that were revealed before it, ≥ 0; a right answer says less the more there were.
    tests
        Which tests judged it, as any stable name; None where nobody knows. An exercise whose tests changed is known
        less well than before.
    """

    share: float = 0.0
    hints: int = 0
    tests: str | None = None


@dataclass(frozen=True, slots=True)
class SkillEvidence:
    """What a model goes by when it speaks of one learner's skill.

    Attributes
    ----------
    probability
        Predicted share correct on a typical exercise of the skill now, in [0, 1].
    right, wrong
        Points won and lost so far, each answer counting 1 in all.
    last_at
        When the learner last answered on it; None where that is not known.
    run
        How many of the last answers in a row were right in full.
    """

    skill: str
    probability: float
    right: float
    wrong: float
    last_at: float | None
    run: int = 0

    @property
    def answers(self) -> float:
        """Answers given on the skill."""
        return self.right + self.wrong


class LearnerModel(Protocol):
    """Learns from answers as they come, of all learners together; the same answers in the same order give the same."""

    @property
    def name(self) -> str:
        """What `course.yaml` and the tables call it."""

    def predict(self, question: Question) -> float:
        """Return the probability in (0, 1) of a right answer; changes nothing."""

    def update(self, answer: Answer) -> float:
        """Learn from an answer; return what `predict` would have said just before it."""

    def explain(self, learner: str, skill: str, *, at: float | None = None) -> SkillEvidence:
        """Return what is known of a learner's skill now; a learner or skill never seen is no error."""


def replay(model: LearnerModel, log: Iterable[Answer]) -> None:
    """Teach a model a whole log, in its order; afterwards it is as if it had seen each answer as it came."""
    for answer in log:
        model.update(answer)
