"""Where one learner stands in one course: read from the database, decided by the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.hidden_policy import shown_lesson, withheld
from trailbook.domain.path import LessonStatus
from trailbook.domain.scoring import lesson_progress
from trailbook.domain.sittings import KnownCounts, Sitting, with_known
from trailbook.domain.unlocking import PREREQUISITES_MET, decide
from trailbook.services.overrides_in_force import overrides_for, with_resets
from trailbook.services.ports import LessonSummary, StoredProgress, UnitOfWork
from trailbook.services.taken_on import known_now, lent_lessons

NOTHING = StoredProgress({}, started=False, handed_in=False)


@dataclass(frozen=True)
class Standing:
    """A learner's status on every lesson of a course, with the releases it was decided for.

    Its progress is what the learner may see at that time; only on that the path depends.

    Attributes
    ----------
    sittings
        All that the learner took on, in the order it began.
    lent
        Lessons that may be seen for its sake, open or not.
    """

    course: Course
    learner: str
    released: Mapping[LessonKey, LessonSummary]
    statuses: Mapping[LessonKey, LessonStatus]
    sittings: Sequence[Sitting] = ()
    lent: frozenset[LessonKey] = frozenset()


def standing_of(work: UnitOfWork, course: Course, learner: str, *, now: datetime) -> Standing:
    """Return the learner's standing, decided anew from the scores that may be shown and the releases of now."""
    released = work.versions.latest_of_course(course.name)
    overrides = overrides_for(work, course, learner)
    stored = with_resets(
        work,
        course,
        learner,
        stored=work.progress.of_learner(learner, course.name),
        released=released,
        overrides=overrides,
    )
    progress = {}
    for key, summary in released.items():
        mine = stored.get(key, NOTHING)
        whole = lesson_progress(key, summary.exercises, mine.exercises, started=mine.started, handed_in=mine.handed_in)
        progress[key] = shown_lesson(summary.exercises, whole) if withheld(course, key.module, now) else whole
    sittings = work.sittings.of_learner(learner, course.name)
    known = known_now(sittings, overrides)
    policy = KnownCounts(PREREQUISITES_MET, known)
    decided = decide(course, progress, released=released, policy=policy, overrides=overrides)
    statuses = with_known(decided, known)
    return Standing(course, learner, released, statuses, sittings, lent_lessons(sittings, overrides))
