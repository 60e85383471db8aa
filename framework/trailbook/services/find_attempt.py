"""Shows attempts: one by its id, or all of a lesson."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import NotFound
from trailbook.domain.hidden_policy import withheld
from trailbook.domain.people import Identity
from trailbook.services.access import enter_course, is_staff
from trailbook.services.attempt_views import attempt_view
from trailbook.services.context import Context
from trailbook.services.ports import Attempt, JobStatus, UnitOfWork
from trailbook.services.views import AttemptView

MOST_COUNTED = 100  # places in the line that are told exactly


def find_attempt(context: Context, identity: Identity, attempt_id: str) -> AttemptView:
    """Return an attempt of the person's own, or of a learner in a course the person is staff of.

    Raises
    ------
    NotFound
        ``unknown_attempt``: there is none with this id, or it is someone else's.
    """
    with context.storage(read_only=True) as work:
        view = _view(work, identity, get_own_attempt(work, identity, attempt_id), now=context.clock())
    return _with_wait(context, view)


def get_own_attempt(work: UnitOfWork, identity: Identity, attempt_id: str) -> Attempt:
    """Return an attempt the person may see; `NotFound` (``unknown_attempt``) when there is none."""
    attempt = work.attempts.find(attempt_id)
    if attempt is None or not _may_see(identity, attempt):
        raise NotFound("unknown_attempt", "There is no such attempt of yours. Reload the page.", attempt=attempt_id)
    return attempt


def list_attempts(context: Context, identity: Identity, course: str, lesson: LessonKey) -> list[AttemptView]:
    """Return the person's own attempts of a lesson, newest first.

    Raises
    ------
    NotFound, NotAllowed
        The course or lesson does not exist, or the person is not in the course.
    """
    with context.storage(read_only=True) as work:
        enter_course(work, identity, course).get_lesson(lesson)
        attempts = work.attempts.of_learner(identity.name, course, lesson)
        now = context.clock()
        views = [_view(work, identity, attempt, now=now) for attempt in reversed(attempts)]
    return [_with_wait(context, view) for view in views]


def _with_wait(context: Context, view: AttemptView) -> AttemptView:
    """Return the view with the reason why its grading does not begin, where it waits."""
    if view.status != JobStatus.QUEUED:
        return view
    return replace(view, message=context.why_waiting(view.course) or _place_in_line(context, view))


def _place_in_line(context: Context, view: AttemptView) -> str:
    with context.storage(read_only=True) as work:
        waiting = [job.id for job in work.attempts.queued(now=context.clock(), limit=MOST_COUNTED)]
    before = waiting.index(view.id) if view.id in waiting else len(waiting)
    if before == 0:
        return ""
    if before == MOST_COUNTED:
        return f"Your answer is kept and waits in line: more than {MOST_COUNTED} are graded before it."
    are = "one is" if before == 1 else f"{before} are"
    return f"Your answer is kept and waits in line: {are} graded before it."


def _may_see(identity: Identity, attempt: Attempt) -> bool:
    is_own = attempt.learner == identity.name and not identity.is_service
    return is_own or is_staff(identity, attempt.course)


def _view(work: UnitOfWork, identity: Identity, attempt: Attempt, *, now: datetime) -> AttemptView:
    """Return the attempt with all that the person may see of it; staff see everything."""
    version = work.versions.find(attempt.course, attempt.lesson, attempt.version)
    exercises = version.exercises if version else ()
    course = work.courses.find(attempt.course)
    is_shown = is_staff(identity, attempt.course) or course is None
    rule = None if is_shown or course is None else withheld(course, attempt.lesson.module, now)
    return attempt_view(attempt, exercises, withheld=rule)
