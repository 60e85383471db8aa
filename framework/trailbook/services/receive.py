"""Keeps what a learner sent, in one transaction, before anything is graded: the common part of both kinds of job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from trailbook.domain.course import LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.people import Identity
from trailbook.services.access import enter_course, latest_version
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.open_lesson import refuse_locked
from trailbook.services.ports import Attempt, Event, JobKind, LessonVersion, UnitOfWork
from trailbook.services.received_answers import answers_for, find_repeated, refuse_unreadable
from trailbook.services.standing import standing_of

Check = Callable[[LessonVersion, Mapping[str, str]], None]
"""Raises when the newest release cannot take these answers."""


def receive(
    context: Context,
    identity: Identity,
    course: str,
    lesson: LessonKey,
    *,
    exercise: str | None,
    version: int,
    answers: Mapping[str, str],
    key: str,
    check: Check = lambda version, answers: None,
) -> tuple[Attempt, Sequence[Exercise]]:
    """Keep an answer, or a lesson handed in (``exercise`` None), queue its grading, and return it.

    The second value are the exercises of the release it is graded against. A repeated request returns the first one's
    attempt, even when the lesson was locked or released anew in between.
    """
    refuse_unreadable(key, answers, max_bytes=context.max_submission_bytes)
    now = context.clock()
    with context.storage() as work:
        found = enter_course(work, identity, course)
        newest = latest_version(work, found, lesson)
        repeated = find_repeated(work, identity.name, key, exercise=exercise, version=newest, answers=answers)
        if repeated is not None:
            return repeated, _exercises(work, repeated)
        refuse_locked(standing_of(work, found, identity.name, now=now), identity, lesson)
        kept = answers_for(work, newest, written_for=version, answers=answers)
        check(newest, kept)
        attempt = Attempt(
            id=context.new_id(),
            kind=JobKind.SUBMISSION if exercise is None else JobKind.ATTEMPT,
            key=key,
            course=course,
            lesson=lesson,
            version=newest.number,
            learner=identity.name,
            exercise=exercise,
            answers=kept,
            created_at=now,
        )
        work.attempts.add(attempt)
        events = [_note(work, attempt, now)]
        if work.progress.mark_started(identity.name, course, lesson):
            events += update_path(work, found, identity.name, now)
    context.live.publish(events)
    context.queue.dispatch(attempt.id)
    return attempt, newest.exercises


def _note(work: UnitOfWork, attempt: Attempt, now: datetime) -> Event:
    kind = "attempt_submitted"
    if attempt.kind is JobKind.SUBMISSION:
        work.progress.mark_handed_in(attempt.learner, attempt.course, attempt.lesson)
        kind = "lesson_handed_in"
    data = {"attempt": attempt.id}
    return work.events.append(
        Event(kind, now, attempt.course, attempt.learner, attempt.lesson, attempt.exercise, data=data)
    )


def _exercises(work: UnitOfWork, attempt: Attempt) -> Sequence[Exercise]:
    version = work.versions.find(attempt.course, attempt.lesson, attempt.version)
    return version.exercises if version else ()
