"""The log of graded answers in plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trailbook.services.ports import JobKind
from trailbook.services.ports.graded import GradedAnswer

if TYPE_CHECKING:
    from trailbook.adapters.memory.storage import Tables

COUNTING = (JobKind.ATTEMPT, JobKind.SUBMISSION)


@dataclass(frozen=True)
class MemoryGradedAnswers:
    """See `trailbook.services.ports.graded.GradedAnswers`."""

    tables: Tables

    def after(self, course: str, number: int) -> Sequence[GradedAnswer]:
        """Return the results with a greater number, oldest first."""
        found = []
        for place, (attempt_id, past) in enumerate(self.tables.graded, start=1):
            attempt = self.tables.attempts[attempt_id]
            if place <= number or attempt.course != course or attempt.kind not in COUNTING:
                continue
            found.append(
                GradedAnswer(
                    place,
                    attempt_id,
                    attempt.learner,
                    attempt.lesson,
                    attempt.version,
                    attempt.exercise,
                    attempt.answers,
                    past.result,
                    past.at,
                )
            )
        return found
