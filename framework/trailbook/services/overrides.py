"""Instructors decide in place of the policy, for a person or a group, and take it back; all of it stays in the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from trailbook.domain.names import nearest_of
from trailbook.domain.overrides import Action, OverrideEntry, in_force
from trailbook.domain.people import Identity, Role
from trailbook.services.access import enter_course, enter_course_as_staff, refuse_unknown_learner
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.override_views import OverrideView, override_view, override_views
from trailbook.services.ports import Event, UnitOfWork

GIVEN, WITHDRAWN = "override_given", "override_withdrawn"
MAX_REASON = 1_000


def override(
    context: Context,
    identity: Identity,
    course: str,
    lesson: LessonKey,
    *,
    action: Action,
    reason: str,
    learner: str = "",
    group: str = "",
) -> OverrideView:
    """Decide on a lesson for a learner or a group, and move every path it touches.

    Saying again what holds already changes nothing; only a reset begins anew each time.

    Parameters
    ----------
    reason
        For staff, 1–1,000 characters; learners never read it.
    learner, group
        Whom it is for: one of the two.

    Raises
    ------
    NotFound
        ``unknown_course``, ``unknown_lesson``, ``unknown_learner``, ``unknown_group``
    NotAllowed
        ``not_in_course``, ``not_instructor``
    Invalid
        ``bad_override``: no reason, nobody it is for, or a reset of a lesson without exercises.
    """
    now = context.clock()
    reason = _checked(reason)
    with context.storage() as work:
        found = _enter(work, identity, course)
        found.get_lesson(lesson)
        _refuse_unknown(work, found, learner, group)
        _refuse_reset_of_reading(work, found, lesson, action)
        held = _held(work.overrides.of_course(course), lesson, learner, group)
        if held is not None and held.action is action and action is not Action.RESET:
            return override_view(found, held)
        entry = OverrideEntry(course, lesson, learner, group, action, reason, identity.name, now)
        entry = work.overrides.append(entry)
        events = _applied(work, found, entry, kind=GIVEN, action=action, now=now)
    context.live.publish(events)
    return override_view(found, entry)


def withdraw(context: Context, identity: Identity, course: str, override_id: int, *, reason: str) -> OverrideView:
    """Take a decision back, so that what was before it holds again; all of the log stays.

    Raises
    ------
    NotFound
        ``unknown_course``, ``unknown_override``
    NotAllowed
        ``not_in_course``, ``not_instructor``
    Invalid
        ``bad_override``: no reason.
    Conflict
        ``already_withdrawn``
    """
    now = context.clock()
    reason = _checked(reason)
    with context.storage() as work:
        found = _enter(work, identity, course)
        log = work.overrides.of_course(course)
        given = next((each for each in log if each.id == override_id and each.action is not None), None)
        if given is None or given.action is None:
            raise NotFound("unknown_override", "This course has no such decision. Reload the page.", id=override_id)
        if given not in in_force(log):
            raise Conflict("already_withdrawn", "Somebody withdrew it before. Reload the page.", id=override_id)
        entry = OverrideEntry(
            course, given.lesson, given.learner, given.group, None, reason, identity.name, now, given.id
        )
        entry = work.overrides.append(entry)
        events = _applied(work, found, entry, kind=WITHDRAWN, action=given.action, now=now)
    context.live.publish(events)
    return override_view(found, given, entry)


def list_overrides(context: Context, identity: Identity, course: str) -> list[OverrideView]:
    """Return every decision of a course, the newest first, for its graders and instructors.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course_as_staff`.
    """
    with context.storage(read_only=True) as work:
        found = enter_course_as_staff(work, identity, course)
        return override_views(found, work.overrides.of_course(course))


def _enter(work: UnitOfWork, identity: Identity, course: str) -> Course:
    found = enter_course(work, identity, course)
    if not identity.has(course, Role.INSTRUCTOR):
        raise NotAllowed(
            "not_instructor", "Only an instructor of this course can decide on learners' paths.", course=course
        )
    return found


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise Invalid(
            "bad_override",
            f"Say why, in at most {MAX_REASON} characters: the log keeps it for other staff. Learners do not read it.",
        )
    return reason


def _refuse_unknown(work: UnitOfWork, course: Course, learner: str, group: str) -> None:
    """Raise unless the decision is for a known learner or a known group: a slip of the pen must not pass unnoticed."""
    if bool(learner) == bool(group):
        raise Invalid("bad_override", "Say whom it is for: either a learner or a group.")
    if group and group not in course.groups:
        hint = nearest_of(group, course.groups) or " Groups are named in course.yaml, under `groups`."
        raise NotFound("unknown_group", f"The course has no group {group!r}.{hint}", group=group)
    if learner:
        refuse_unknown_learner(work, course, learner)


def _refuse_reset_of_reading(work: UnitOfWork, course: Course, lesson: LessonKey, action: Action) -> None:
    """Raise for a reset of what is only read: nothing done in it could ever count again."""
    summary = work.versions.find_summary(course.name, lesson)
    if action is Action.RESET and summary is not None and not summary.exercises:
        raise Invalid(
            "bad_override", "This lesson has no exercises, so there is nothing to begin anew. Lock or open it."
        )


def _held(log: Iterable[OverrideEntry], lesson: LessonKey, learner: str, group: str) -> OverrideEntry | None:
    """Return what was decided last for just these, if it holds."""
    wanted = (lesson, learner, group)
    return next((each for each in reversed(in_force(log)) if (each.lesson, each.learner, each.group) == wanted), None)


def _applied(
    work: UnitOfWork, course: Course, entry: OverrideEntry, *, kind: str, action: Action, now: datetime
) -> list[Event]:
    """Note the decision for everyone it is for, and decide their paths anew; the reason stays in the log of staff."""
    data = {"override": entry.withdraws or entry.id, "action": action.value, "group": entry.group}
    learners = [entry.learner] if entry.learner else course.groups.get(entry.group, ())
    events = []
    for learner in learners:
        event = Event(kind, now, course.name, learner, entry.lesson, actor=entry.by, data=data)
        events.append(work.events.append(event))
        events += update_path(work, course, learner, now)
    return events
