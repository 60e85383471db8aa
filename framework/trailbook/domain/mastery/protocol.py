"""What a learner model must be able to do. The models themselves, a file each, come with the mastery issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

State = TypeVar("State")
"""What a model remembers of one learner: an immutable value the model alone understands."""


@dataclass(frozen=True)
class Evidence:
    """One graded outcome that says something about skills.

    Attributes
    ----------
    skills
        Skills the exercise gives evidence of.
    share
        Share of the exercise's points, in [0, 1].
    first_try
        Whether it is the learner's first graded attempt of the exercise.
    at
        When the answer was received, aware and in UTC.
    """

    exercise: str
    skills: tuple[str, ...]
    share: float
    first_try: bool
    at: datetime


class MasteryModel(Protocol[State]):
    """Estimates what a learner knows from trusted evidence alone; pure, so that a log can be replayed and compared."""

    @property
    def name(self) -> str:
        """The model's name and version, kept with every estimate it made."""

    def initial(self) -> State:
        """Return what is known of a learner before any evidence."""

    def update(self, state: State, evidence: Evidence) -> State:
        """Return the state after one more outcome."""

    def predict(self, state: State, skill: str, *, now: datetime) -> float:
        """Return the probability in [0, 1] that the learner holds the skill now."""

    def explain(self, state: State, skill: str, *, now: datetime) -> str:
        """Return one sentence a learner can read on why the estimate is what it is."""

    def replay(self, log: Iterable[Evidence], *, now: datetime) -> Mapping[str, float]:
        """Return the estimate for each skill seen in the log, from the beginning."""
