"""What a learner took on, as the path needs it: lessons that are known by it, and lessons it lends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.errors import NotAllowed
from trailbook.domain.overrides import Action, Override
from trailbook.domain.people import Identity
from trailbook.domain.sittings import Purpose, Sitting, known_lessons, purpose_of
from trailbook.services.ports import JobKind, UnitOfWork

STRONGER = (Action.LOCK, Action.RESET)


def lent_lessons(sittings: Sequence[Sitting], overrides: Mapping[LessonKey, Override]) -> frozenset[LessonKey]:
    """Return the lessons that what was taken on lends now; none that staff locked."""
    found = {key for sitting in sittings for key in sitting.lends()}
    return frozenset(key for key in found if key not in overrides or overrides[key].action is not Action.LOCK)


def known_now(sittings: Sequence[Sitting], overrides: Mapping[LessonKey, Override]) -> dict[LessonKey, str]:
    """Return the lessons known by what was taken on, with the sentence on each.

    What staff locked or reset since then is not among them.
    """
    return known_lessons(replace(each, known=_standing(each, overrides)) for each in sittings)


def _standing(sitting: Sitting, overrides: Mapping[LessonKey, Override]) -> tuple[LessonKey, ...]:
    ended = sitting.ended_at
    return tuple(
        key
        for key in sitting.known
        if key not in overrides or overrides[key].action not in STRONGER or (ended and overrides[key].at < ended)
    )


def kind_of(
    work: UnitOfWork, identity: Identity, course: Course, lesson: LessonKey, *, exercise: str | None, is_lent: bool
) -> tuple[JobKind, Purpose]:
    """Return what an answer, or a lesson handed in (``exercise`` None), is and what it is sent for.

    Raises
    ------
    NotAllowed
        ``only_lent``: a lesson that is not open cannot be handed in.
    """
    if exercise is None and is_lent:
        raise NotAllowed(
            "only_lent", "You are looking ahead in this lesson. Hand it in once it is open for you.", lesson=str(lesson)
        )
    if exercise is None:
        return JobKind.SUBMISSION, Purpose.COUNTS
    sittings = work.sittings.of_learner(identity.name, course.name)
    purpose = purpose_of(sittings, course.get_lesson(lesson).item_of(exercise), is_open=not is_lent)
    return (JobKind.PRACTICE if purpose is Purpose.PRACTICE else JobKind.ATTEMPT), purpose
