"""What the doors show of practice, test-outs and placements, as values whose field names are the JSON names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.sittings import Purpose, Sitting, parse_item
from trailbook.services.context import Addresses
from trailbook.services.ports import UnitOfWork
from trailbook.services.settle import outcome_of

PRACTISING = "You are looking ahead: try anything, nothing here counts. Your answers are graded, and only you see them."
PLACING = "Answer if you know it, or say that you do not. It stops as soon as your place is clear, and costs nothing."


@dataclass(frozen=True)
class AskedView:
    """One exercise of a test. ``skipped`` says that the learner did not know it; ``url`` is where it is answered."""

    lesson: str
    lesson_title: str
    exercise: str
    title: str
    skipped: bool
    url: str


@dataclass(frozen=True)
class KnownView:
    """A lesson that was shown to be known."""

    lesson: str
    title: str


@dataclass(frozen=True)
class SittingView:
    """Practice, a test-out or a placement.

    Attributes
    ----------
    purpose
        ``practice``, ``test_out`` or ``placement``.
    lesson, title, url
        The lesson it is about, None for a placement.
    because
        How it stands, for its learner.
    ended_at
        None while it lasts.
    known
        Lessons that count as mastered by it.
    """

    id: str
    learner: str
    purpose: str
    lesson: str | None
    title: str | None
    url: str | None
    because: str
    exercises: Sequence[AskedView]
    started_at: datetime
    ended_at: datetime | None
    known: Sequence[KnownView]


@dataclass(frozen=True)
class SittingList:
    """All that was taken on, the newest first; ``next`` is None: all of it is in the list."""

    items: Sequence[SittingView]
    next: str | None = None


def sitting_view(work: UnitOfWork, course: Course, sitting: Sitting, addresses: Addresses) -> SittingView:
    """Return a sitting as its learner and the course's staff see it."""
    lesson = course.find_lesson(sitting.lesson) if sitting.lesson else None
    return SittingView(
        id=sitting.id,
        learner=sitting.learner,
        purpose=sitting.purpose.value,
        lesson=str(sitting.lesson) if sitting.lesson else None,
        title=lesson.title if lesson else None,
        url=addresses.lesson(sitting.learner, course.name, sitting.lesson) if sitting.lesson else None,
        because=_because(work, course, sitting),
        exercises=[_asked(work, course, sitting, item, addresses) for item in sitting.items],
        started_at=sitting.started_at,
        ended_at=sitting.ended_at,
        known=[KnownView(str(key), _title(course, key)) for key in sitting.known],
    )


def _asked(work: UnitOfWork, course: Course, sitting: Sitting, item: str, addresses: Addresses) -> AskedView:
    key, exercise = parse_item(item)
    summary = work.versions.find_summary(course.name, key)
    found = next((each for each in summary.exercises if each.id == exercise), None) if summary else None
    return AskedView(
        lesson=str(key),
        lesson_title=_title(course, key),
        exercise=exercise,
        title=found.title if found else exercise,
        skipped=item in sitting.skipped,
        url=f"{addresses.lesson(sitting.learner, course.name, key)}#exercise-{quote(exercise)}",
    )


def _because(work: UnitOfWork, course: Course, sitting: Sitting) -> str:
    if sitting.purpose is Purpose.PRACTICE:
        return PRACTISING if sitting.lasts else "This practice has ended."
    if sitting.purpose is Purpose.TEST_OUT:
        if sitting.known:
            return "You tested out of it."
        return outcome_of(work, course, sitting).because if sitting.lasts else "Not this time. Nothing is lost by it."
    if sitting.lasts:
        return PLACING
    if not sitting.known:
        return "You begin at the beginning."
    first, last = _title(course, sitting.known[0]), _title(course, sitting.known[-1])
    if len(sitting.known) == 1:
        return f"You know {first} already; what it opens is open now."
    return f"You know {len(sitting.known)} lessons already, from {first} to {last}; what they open is open now."


def _title(course: Course, key: LessonKey) -> str:
    lesson = course.find_lesson(key)
    return lesson.title if lesson else str(key)
