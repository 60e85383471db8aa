"""Learners take on practice, a test-out or a placement by their own choice, and end it; each step is in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Conflict, Invalid, NotAllowed, NotFound, TooSoon
from trailbook.domain.overrides import Action
from trailbook.domain.path import Status
from trailbook.domain.people import Identity
from trailbook.domain.sittings import Purpose, Sitting
from trailbook.domain.test_out import WAIT_HOURS
from trailbook.services.access import enter_course, enter_course_as_staff, latest_summary
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.overrides_in_force import overrides_for
from trailbook.services.ports import Event, UnitOfWork
from trailbook.services.settle import chosen, settle, step_event, with_next_question
from trailbook.services.sitting_views import SittingView, sitting_view
from trailbook.services.standing import Standing, standing_of

STARTED, SKIPPED = "sitting_started", "question_skipped"


def take_on(
    context: Context, identity: Identity, course: str, purpose: Purpose, lesson: LessonKey | None = None
) -> SittingView:
    """Begin practice in a lesson, a test-out of it, or a placement (``lesson`` None); return one that lasts already.

    Raises
    ------
    NotFound, NotAllowed
        ``unknown_course``, ``not_in_course``, ``unknown_lesson``, ``not_released``; ``locked_by_staff``;
        ``no_own_ways``: the course has no `mastery`, so its locks are as hard as ever.
    Invalid
        ``bad_purpose``: a lesson for a placement, or none for the others; ``nothing_to_ask``: no exercise here can be
        asked in a test.
    Conflict
        ``already_open``: there is no need to practise in a lesson that is open; ``already_known``: a test-out of one
        that is mastered.
    TooSoon
        ``test_out_again``: the last test-out of the lesson ended a short while ago.
    """
    if purpose is Purpose.COUNTS or (lesson is None) != (purpose is Purpose.PLACEMENT):
        raise Invalid("bad_purpose", "Name a lesson to practise in or to test out of, and none for a placement.")
    now = context.clock()
    events: list[Event] = []
    with context.storage() as work:
        found = enter_course(work, identity, course)
        standing = standing_of(work, found, identity.name, now=now)
        same = (
            each for each in standing.sittings if (each.lasts, each.purpose, each.lesson) == (True, purpose, lesson)
        )
        sitting = next(same, None)
        if sitting is None:
            sitting = Sitting(context.new_id(), course, identity.name, purpose, now, lesson=lesson)
            events = _begin(work, standing, sitting, now=now)
            events += update_path(work, found, identity.name, now)
            sitting = _get(work, identity.name, course, sitting.id)
        view = sitting_view(work, found, sitting, context.addresses)
    context.live.publish(events)
    return view


def skip_question(
    context: Context, identity: Identity, course: str, sitting_id: str, *, lesson: LessonKey, exercise: str
) -> SittingView:
    """Note that the learner does not know the answer to a placement's question, and go on.

    Raises
    ------
    NotFound, NotAllowed
        ``unknown_course``, ``not_in_course``, ``unknown_sitting``.
    Conflict
        ``sitting_ended``; ``not_asked``: this is not the question it waits for.
    """
    now = context.clock()
    with context.storage() as work:
        found = enter_course(work, identity, course)
        sitting = _get_lasting(work, identity.name, course, sitting_id)
        item = f"{lesson}#{exercise}"
        if sitting.purpose is not Purpose.PLACEMENT or not sitting.items or sitting.items[-1] != item:
            raise Conflict("not_asked", "This question is not asked now. Reload the page.", exercise=exercise)
        work.sittings.put(replace(sitting, skipped=(*sitting.skipped, item)))
        data = {"sitting": sitting.id}
        events = [work.events.append(Event(SKIPPED, now, course, identity.name, lesson, exercise, data=data))]
        events += settle(work, found, identity.name, now=now)
        events += update_path(work, found, identity.name, now)
        view = sitting_view(work, found, _get(work, identity.name, course, sitting_id), context.addresses)
    context.live.publish(events)
    return view


def end_sitting(context: Context, identity: Identity, course: str, sitting_id: str) -> SittingView:
    """End what was taken on before its own end; nothing is known by it then, and nothing is lost.

    Raises
    ------
    NotFound, NotAllowed
        ``unknown_course``, ``not_in_course``, ``unknown_sitting``.
    """
    now = context.clock()
    events: list[Event] = []
    with context.storage() as work:
        found = enter_course(work, identity, course)
        sitting = _get(work, identity.name, course, sitting_id)
        if sitting.lasts:
            sitting = replace(sitting, ended_at=now)
            work.sittings.put(sitting)
            events.append(work.events.append(step_event(sitting, None, now=now)))
        view = sitting_view(work, found, sitting, context.addresses)
    context.live.publish(events)
    return view


def list_sittings(context: Context, identity: Identity, course: str) -> list[SittingView]:
    """Return all that the person took on in a course, the newest first.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course`.
    """
    with context.storage(read_only=True) as work:
        found = enter_course(work, identity, course)
        mine = work.sittings.of_learner(identity.name, course)
        return [sitting_view(work, found, each, context.addresses) for each in reversed(mine)]


def list_all_sittings(context: Context, identity: Identity, course: str) -> list[SittingView]:
    """Return all that learners of a course took on, the newest first, for its graders and instructors.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course_as_staff`.
    """
    with context.storage(read_only=True) as work:
        found = enter_course_as_staff(work, identity, course)
        everyones = work.sittings.of_course(course)
        return [sitting_view(work, found, each, context.addresses) for each in reversed(everyones)]


def _begin(work: UnitOfWork, standing: Standing, sitting: Sitting, *, now: datetime) -> list[Event]:
    """Refuse the sitting, or store it with what it asks first."""
    course, lesson = standing.course, sitting.lesson
    if course.mastery is None:
        raise NotAllowed(
            "no_own_ways", "This course goes by points: its lessons open one after the other.", course=course.name
        )
    data = {"sitting": sitting.id, "purpose": sitting.purpose.value}
    started = Event(STARTED, now, course.name, sitting.learner, lesson, data=data)
    if lesson is None:
        sitting, asking = with_next_question(work, course, sitting, now=now)
        if not sitting.items:
            raise _nothing_to_ask("No lesson of this course has an exercise that can be asked in a placement.")
        work.sittings.put(sitting)
        return [work.events.append(each) for each in (started, step_event(sitting, asking, now=now))]
    latest_summary(work, course, lesson)
    _refuse_locked_by_staff(work, standing, lesson)
    status = standing.statuses[lesson]
    if sitting.purpose is Purpose.PRACTICE:
        if status.is_open:
            raise Conflict("already_open", "This lesson is open for you. Just begin.", lesson=str(lesson))
    else:
        if status.status in (Status.MASTERED, Status.DUE):
            raise Conflict("already_known", "You have mastered this lesson already.", lesson=str(lesson))
        _refuse_too_soon(standing.sittings, lesson, now=now)
        sitting = replace(sitting, items=chosen(work, course, sitting.learner, lesson, now=now))
        if not sitting.items:
            raise _nothing_to_ask("Nothing in this lesson can be graded at once. Read it, or ask your instructor.")
    work.sittings.put(sitting)
    return [work.events.append(started)]


def _refuse_locked_by_staff(work: UnitOfWork, standing: Standing, lesson: LessonKey) -> None:
    held = overrides_for(work, standing.course, standing.learner).get(lesson)
    if held is not None and held.action is Action.LOCK:
        raise NotAllowed("locked_by_staff", standing.statuses[lesson].because, lesson=str(lesson))


def _refuse_too_soon(sittings: Sequence[Sitting], lesson: LessonKey, *, now: datetime) -> None:
    ended = [each.ended_at for each in sittings if each.purpose is Purpose.TEST_OUT and each.lesson == lesson]
    last = max((at for at in ended if at is not None), default=None)
    wait = (last + timedelta(hours=WAIT_HOURS) - now).total_seconds() if last is not None else 0.0
    if wait > 0:
        hours = max(1, round(wait / 3600))
        raise TooSoon(
            "test_out_again",
            f"You can test out of this lesson again in about {hours} hour{'s' if hours > 1 else ''}. "
            "Until then, practise in it: nothing of that counts.",
            seconds=int(wait) + 1,
        )


def _nothing_to_ask(message: str) -> Invalid:
    return Invalid("nothing_to_ask", message)


def _get(work: UnitOfWork, learner: str, course: str, sitting_id: str) -> Sitting:
    found = next((each for each in work.sittings.of_learner(learner, course) if each.id == sitting_id), None)
    if found is None:
        raise NotFound("unknown_sitting", "There is nothing like this of yours. Reload the page.", id=sitting_id)
    return found


def _get_lasting(work: UnitOfWork, learner: str, course: str, sitting_id: str) -> Sitting:
    found = _get(work, learner, course, sitting_id)
    if not found.lasts:
        raise Conflict("sitting_ended", "This has ended. Reload the page.", id=sitting_id)
    return found
