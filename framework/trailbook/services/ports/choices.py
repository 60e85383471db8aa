"""The log of what was proposed next, among what, and how likely each was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Choice:
    """One choice of a learner's next step, with all it could have been: enough to judge another policy by it.

    Attributes
    ----------
    record
        What `Recommendation.as_record` says: the chosen one, the seed, every alternative with its score and its
        probability; plain JSON values.
    model
        Version of the course's learner model; 0 for the one that ships.
    """

    course: str
    learner: str
    at: datetime
    record: Mapping[str, Any] = field(default_factory=dict)
    model: int = 0

    @property
    def seed(self) -> str:
        """What the choice was drawn with."""
        return str(self.record.get("seed", ""))

    @property
    def chosen(self) -> str | None:
        """The name of what was chosen, None where nothing could be done."""
        name = self.record.get("chosen")
        return None if name is None else str(name)


class Choices(Protocol):
    """Append-only."""

    def append(self, choice: Choice) -> None: ...
    def latest(self, learner: str, course: str) -> Choice | None: ...
    def of_learner(self, learner: str, course: str, *, limit: int = 100) -> Sequence[Choice]:
        """Return a learner's latest choices, the newest first."""
