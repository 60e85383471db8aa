"""The log of choices in plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trailbook.services.ports.choices import Choice


@dataclass(frozen=True)
class MemoryChoices:
    """See `trailbook.services.ports.choices.Choices`."""

    choices: dict[tuple[str, str], tuple[Choice, ...]]

    def append(self, choice: Choice) -> None:
        """Add a choice."""
        place = (choice.learner, choice.course)
        self.choices[place] = (*self.choices.get(place, ()), choice)

    def latest(self, learner: str, course: str) -> Choice | None:
        """Return the last choice for a learner, or None."""
        return next(iter(self.of_learner(learner, course, limit=1)), None)

    def of_learner(self, learner: str, course: str, *, limit: int = 100) -> Sequence[Choice]:
        """Return a learner's latest choices, the newest first."""
        return list(reversed(self.choices.get((learner, course), ())))[:limit]
