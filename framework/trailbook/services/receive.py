"""Keeps what a learner sent before anything is graded: the common part of both kinds of job.

The learner waits for this, so it has two parts. What can be refused is refused from what is stored, which waits for no
writer. What is kept is kept in one short transaction, shared with others that come at the same time; it ends when the
disk has it. A lesson that is locked, or released anew, between the two was open, or the newest, when the answer came;
and what the same learner sends at the same time, such as the same request once more, waits for its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.people import Identity
from trailbook.services.access import enter_course, latest_summary
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.limit_attempts import limit_attempts
from trailbook.services.open_lesson import refuse_locked
from trailbook.services.ports import Attempt, Event, JobKind, LessonSummary, UnitOfWork
from trailbook.services.receipts import signed
from trailbook.services.received_answers import answers_for, find_repeated, refuse_unreadable
from trailbook.services.standing import standing_of

Check = Callable[[LessonSummary, Mapping[str, str]], None]
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
    check: Check = lambda newest, answers: None,
) -> tuple[Attempt, Sequence[Exercise]]:
    """Keep an answer, or a lesson handed in (``exercise`` None), queue its grading, and return it.

    The second value are the exercises of the release it is graded against. A repeated request returns the first one's
    attempt, even when the lesson was locked or released anew in between.
    """
    refuse_unreadable(key, answers, max_bytes=context.max_submission_bytes)
    find = partial(
        find_repeated, learner=identity.name, key=key, course=course, lesson=lesson, exercise=exercise, answers=answers
    )
    with context.turns.of(identity.name):
        now = context.clock()
        with context.storage(read_only=True) as work:
            found = enter_course(work, identity, course)
            newest = latest_summary(work, found, lesson)
            repeated = find(work)
            if repeated is not None:
                return repeated, _exercises(work, repeated)
            is_started = work.progress.is_started(identity.name, course, lesson)
            if not is_started:  # what was started is never locked again
                refuse_locked(standing_of(work, found, identity.name, now=now), identity, lesson)
            kept = answers_for(work, newest, course=course, lesson=lesson, written_for=version, answers=answers)
            check(newest, kept)
            asked = next((each for each in newest.exercises if each.id == exercise), None)
            limit_attempts(work, found, identity, lesson=lesson, exercise=asked, now=now)
        context.refuse_when_full()
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
        attempt = signed(attempt, context.signer)
        events = context.storage.together(partial(_keep, attempt=attempt, starts=None if is_started else found))
    context.live.publish(events)
    context.queue.dispatch(attempt.id)
    return attempt, newest.exercises


def _keep(work: UnitOfWork, *, attempt: Attempt, starts: Course | None) -> Sequence[Event]:
    """Write all there is to keep of an attempt; ``starts`` is the course when the lesson was not started before."""
    work.attempts.add(attempt)
    events = [_note(work, attempt, attempt.created_at)]
    if starts is not None and work.progress.mark_started(attempt.learner, attempt.course, attempt.lesson):
        events += update_path(work, starts, attempt.learner, attempt.created_at)
    return events


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
    graded = work.versions.find_summary(attempt.course, attempt.lesson, attempt.version)
    return graded.exercises if graded else ()
