"""Which graded outcomes are evidence: the history a learner model learns from.

Sending what is known to be right once more shows nothing new, and would open the gate to whoever sends it often enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from trailbook.domain.course import LessonKey
from trailbook.domain.mastery.protocol import RIGHT

SPACING_SECONDS = 12 * 3600.0
"""After so long an exercise that was solved, or the very same answer to it, is evidence again: it was remembered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one answer to one exercise came out.

    Attributes
    ----------
    share
        Share of the points, in [0, 1].
    at
        When it was graded, in seconds since 1970.
    tests
        Which tests judged it, as any stable name; None where a person did.
    text
        The answer, as any name that differs when the answer does.
    hints
        Hints that were shown before it, ≥ 0.
    """

    learner: str
    lesson: LessonKey
    exercise: str
    share: float
    at: float
    tests: str | None = None
    text: str = ""
    hints: int = 0


class Evidence:
    """Tells evidence from repetition, outcome by outcome in their order; the same outcomes get the same answers."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, LessonKey, str], Outcome] = {}

    def admits(self, outcome: Outcome) -> bool:
        """Return whether the outcome says anything new, and remember it if it does."""
        place = (outcome.learner, outcome.lesson, outcome.exercise)
        before = self._last.get(place)
        if before is not None and before.tests == outcome.tests and outcome.at - before.at < SPACING_SECONDS:
            is_same = bool(outcome.text) and outcome.text == before.text
            if is_same or before.share >= RIGHT:
                return False
        self._last[place] = outcome
        return True
