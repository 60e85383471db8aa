"""Delivers an open lesson to a learner's server, and a locked one to nobody."""

from __future__ import annotations

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import LessonLocked
from trailbook.domain.hidden_policy import withheld
from trailbook.domain.people import Identity
from trailbook.services.access import enter_course, is_staff, latest_version
from trailbook.services.attempt_views import exercise_views, handed_in_attempt
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.path_views import lesson_view, neighbours, requirement_views
from trailbook.services.ports import Event, LessonVersion, UnitOfWork
from trailbook.services.standing import Standing, standing_of
from trailbook.services.views import LessonDelivery, VersionView, as_json


def open_lesson(context: Context, identity: Identity, course: str, lesson: LessonKey) -> LessonDelivery:
    """Return the newest release of a lesson with the person's standing on it; the first time, note that it started.

    Staff may open any released lesson of their course.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course` and `access.latest_version`.
    LessonLocked
        The lesson is not open for the person; ``because`` and ``requirements`` say what opens it.
    """
    with context.storage(read_only=True) as work:
        delivery, is_started = _deliver(context, work, identity, course=course, lesson=lesson)
    return delivery if is_started else _start(context, identity, course=course, lesson=lesson)


def refuse_locked(standing: Standing, identity: Identity, lesson: LessonKey) -> None:
    """Raise `LessonLocked` unless the lesson is open for the person, or lent, or the person is staff."""
    status = standing.statuses[lesson]
    if not status.is_open and lesson not in standing.lent and not is_staff(identity, standing.course.name):
        raise LessonLocked(
            status.because,
            course=standing.course.name,
            lesson=str(lesson),
            title=status.lesson.title,
            requirements=as_json(requirement_views(standing, lesson)),
        )


def is_only_lent(standing: Standing, lesson: LessonKey) -> bool:
    """Return whether the learner sees the lesson only for the sake of what was taken on; that starts nothing."""
    return lesson in standing.lent and not standing.statuses[lesson].is_open


def _start(context: Context, identity: Identity, *, course: str, lesson: LessonKey) -> LessonDelivery:
    """Note that the person started the lesson, and return it as it stands then."""
    now = context.clock()
    events: list[Event] = []
    with context.storage() as work:
        found = enter_course(work, identity, course)
        refuse_locked(standing_of(work, found, identity.name, now=now), identity, lesson)
        if work.progress.mark_started(identity.name, course, lesson):
            events.append(work.events.append(Event("lesson_opened", now, course, identity.name, lesson)))
            events += update_path(work, found, identity.name, now)
        delivery, _ = _deliver(context, work, identity, course=course, lesson=lesson)
    context.live.publish(events)
    return delivery


def _deliver(
    context: Context, work: UnitOfWork, identity: Identity, *, course: str, lesson: LessonKey
) -> tuple[LessonDelivery, bool]:
    """Return the lesson, and whether nothing is to be noted: it was started before, or it is only lent."""
    found = enter_course(work, identity, course)
    version = latest_version(work, found, lesson)
    standing = standing_of(work, found, identity.name, now=context.clock())
    refuse_locked(standing, identity, lesson)
    is_started = standing.statuses[lesson].progress.started or is_only_lent(standing, lesson)
    return _delivery(context, work, standing, version), is_started


def _delivery(context: Context, work: UnitOfWork, standing: Standing, version: LessonVersion) -> LessonDelivery:
    key, addresses = version.lesson, context.addresses
    before, after = neighbours(standing, key)
    attempts = work.attempts.of_learner(standing.learner, version.course, key)
    progress = standing.statuses[key].progress
    return LessonDelivery(
        course=standing.course.name,
        course_title=standing.course.title,
        home_url=addresses.home,
        insecure=context.insecure,
        lesson=lesson_view(standing, key, addresses),
        version=VersionView(version.number, version.sha256),
        notebook=version.released,
        files=version.files,
        exercises=exercise_views(
            version.exercises,
            progress.exercises,
            attempts,
            withheld=withheld(standing.course, key.module, context.clock()),
        ),
        previous=lesson_view(standing, before, addresses) if before else None,
        next=lesson_view(standing, after, addresses) if after else None,
        handed_in_attempt=handed_in_attempt(attempts),
        follows_learner=standing.knowledge is not None,
    )
