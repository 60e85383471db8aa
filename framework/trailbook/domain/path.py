"""A learner's path: every lesson with its status and a `because` a learner can read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trailbook.domain.course import Lesson, LessonKey
from trailbook.domain.progress import LessonProgress


class Status(StrEnum):
    """Where a lesson stands on a learner's path."""

    LOCKED = "locked"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    MASTERED = "mastered"  # its requirement is met
    DUE = "due"  # mastered, and due for review


@dataclass(frozen=True)
class Requirement:
    """One condition of a lesson: another lesson in which ``needed`` must be reached; ``reached`` is today's.

    Attributes
    ----------
    needed, reached
        Shares of the lesson's points or, where skills open lessons, of typical exercises of what it teaches.
    condition, fulfilled
        The condition in words, while it is not met ("you …") and when it is; "" where the numbers say it all.
    """

    lesson: LessonKey
    title: str
    needed: float
    reached: float
    condition: str = ""
    fulfilled: str = ""

    @property
    def met(self) -> bool:
        """Whether the condition holds; a rounding error of floating point does not keep a lesson shut."""
        return self.reached >= self.needed - 1e-9


@dataclass(frozen=True)
class LessonStatus:
    """The decision on one lesson, with its reason and what would open it.

    Attributes
    ----------
    minutes_to_open
        About how many minutes of work it takes to open a locked lesson; 0 for others.
    """

    lesson: Lesson
    status: Status
    because: str
    requirements: tuple[Requirement, ...]
    progress: LessonProgress
    minutes_to_open: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the lesson may be delivered to the learner's server."""
        return self.status is not Status.LOCKED


@dataclass(frozen=True)
class NextStep:
    """The one lesson to take next, and why."""

    lesson: Lesson
    because: str
