"""What a learner takes on by their own choice: practice in a locked lesson, a test-out, a placement.

Each is a sitting: begun, and ended, by name. While it lasts it lends its lessons to the learner, and every answer that
is sent says what it was sent for. A lesson it shows to be known counts as mastered on the path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.path import LessonStatus, Requirement, Status
from trailbook.domain.unlocking import Progress, UnlockPolicy


class Purpose(StrEnum):
    """What an answer is sent for."""

    COUNTS = "counts"  # as any answer
    PRACTICE = "practice"  # graded, and nothing follows from it: no points, no evidence, no gradebook
    TEST_OUT = "test_out"  # counts as any answer, and for the test-out
    PLACEMENT = "placement"  # counts as any answer, and for the placement


@dataclass(frozen=True)
class Sitting:
    """One of these, of one learner.

    Attributes
    ----------
    lesson
        The lesson it is about, None for a placement, which is about the course.
    items
        Exercises that were asked, each as ``module/lesson#exercise``; none for practice.
    skipped
        Those of them the learner said not to know.
    ended_at
        None while it lasts.
    known
        Lessons it showed to be known; empty until it ended.
    """

    id: str
    course: str
    learner: str
    purpose: Purpose
    started_at: datetime
    lesson: LessonKey | None = None
    items: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    ended_at: datetime | None = None
    known: tuple[LessonKey, ...] = ()

    @property
    def lasts(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    def lends(self) -> frozenset[LessonKey]:
        """Return the lessons that the learner may see for its sake, though they are locked."""
        if not self.lasts:
            return frozenset()
        own = () if self.lesson is None else (self.lesson,)
        return frozenset((*own, *(parse_item(item)[0] for item in self.items)))

    def takes(self, item: str) -> bool:
        """Return whether an answer to the exercise is one of its own."""
        return self.lasts and item in self.items and item not in self.skipped


def parse_item(item: str) -> tuple[LessonKey, str]:
    """Return the lesson and the exercise of an item.

    >>> parse_item("ps1/problem1#sum")
    (LessonKey(module='ps1', name='problem1'), 'sum')
    """
    lesson, _, exercise = item.partition("#")
    return LessonKey.parse(lesson), exercise


def purpose_of(sittings: Iterable[Sitting], item: str, *, is_open: bool) -> Purpose:
    """Return what an answer to an exercise counts for, in a lesson that is open or only lent."""
    own = next((sitting for sitting in sittings if sitting.takes(item)), None)
    if own is not None:
        return own.purpose
    return Purpose.COUNTS if is_open else Purpose.PRACTICE


def known_lessons(sittings: Iterable[Sitting]) -> dict[LessonKey, str]:
    """Return every lesson shown to be known, with the sentence on it; a test-out says more than a placement."""
    found: dict[LessonKey, str] = {}
    for sitting in sorted(sittings, key=lambda each: each.purpose is Purpose.TEST_OUT):
        tested = sitting.purpose is Purpose.TEST_OUT
        because = "You tested out of it." if tested else "Your placement showed that you know it."
        found |= dict.fromkeys(sitting.known, because)
    return found


@dataclass(frozen=True)
class KnownCounts:
    """An unlock policy on top of another: what is known is not asked for again."""

    policy: UnlockPolicy
    known: Mapping[LessonKey, str]

    def requirements(self, course: Course, lesson: Lesson, progress: Progress) -> tuple[Requirement, ...]:
        """Return the other policy's requirements, with those met that ask for a lesson that is known."""
        return tuple(
            _fulfilled(each) if each.lesson in self.known and not each.met else each
            for each in self.policy.requirements(course, lesson, progress)
        )


def _fulfilled(requirement: Requirement) -> Requirement:
    fulfilled = f"you showed that you know {requirement.title}"
    return replace(requirement, reached=requirement.needed, fulfilled=fulfilled)


def with_known(
    statuses: Mapping[LessonKey, LessonStatus], known: Mapping[LessonKey, str]
) -> dict[LessonKey, LessonStatus]:
    """Return the statuses with known lessons as mastered; one that nothing keeps shut but its release stays shut."""
    return {key: _with_known(status, known.get(key, "")) for key, status in statuses.items()}


def _with_known(status: LessonStatus, because: str) -> LessonStatus:
    is_shut = status.status is Status.LOCKED and all(each.met for each in status.requirements)
    if not because or is_shut or status.status in (Status.MASTERED, Status.DUE):
        return status
    return replace(status, status=Status.MASTERED, because=because, minutes_to_open=0)
