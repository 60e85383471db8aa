"""What a learner prefers: the format shown first, the pace, the minutes a day. It changes what is shown first, never
what is required.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trailbook.domain.course import LessonKey
from trailbook.domain.formats import Format

LEAST_MINUTES, MOST_MINUTES = 5, 240
LEAST_LIKELY, MOST_LIKELY = 0.3, 0.95


class Pace(StrEnum):
    """How big the steps are."""

    CALM = "calm"
    STEADY = "steady"
    BRISK = "brisk"


SHIFT = {Pace.CALM: 0.07, Pace.STEADY: 0.0, Pace.BRISK: -0.1}
"""What each pace adds to the predicted success that a learner is led to."""


@dataclass(frozen=True)
class Preferences:
    """A learner's own choice in one course.

    Attributes
    ----------
    first
        The format to begin with, None for the author's order.
    minutes_a_day
        Time the learner wants to spend, in [5, 240]; None where there is no plan.
    goal
        The lesson to get to first, None for the whole course.
    """

    first: Format | None = None
    pace: Pace = Pace.STEADY
    minutes_a_day: int | None = None
    goal: LessonKey | None = None

    def zone(self, usual: tuple[float, float]) -> tuple[float, float]:
        """Return the zone of predicted success for this pace, from the course's own, within what makes sense.

        >>> Preferences(pace=Pace.BRISK).zone((0.6, 0.85))
        (0.5, 0.75)
        """
        shift = SHIFT[self.pace]
        low, high = (round(min(max(edge + shift, LEAST_LIKELY), MOST_LIKELY), 4) for edge in usual)
        return low, high


NO_PREFERENCES = Preferences()
