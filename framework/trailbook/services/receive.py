"""Keeps what a learner sent before anything is graded: the common part of both kinds of job.

The learner waits for this, so it is one short transaction, shared with others that come at the same time. It ends when
the disk has it; grading comes after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from trailbook.domain.course import LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.people import Identity
from trailbook.domain.sittings import Purpose
from trailbook.services.access import enter_course, latest_summary
from trailbook.services.attempt_views import received_view
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.limit_attempts import limit_attempts
from trailbook.services.open_lesson import is_only_lent, refuse_locked
from trailbook.services.overrides_in_force import is_locked_by_staff
from trailbook.services.ports import Attempt, Event, JobKind, LessonSummary, UnitOfWork
from trailbook.services.receipts import signed
from trailbook.services.received_answers import answers_for, find_repeated, refuse_unreadable
from trailbook.services.standing import standing_of
from trailbook.services.taken_on import kind_of
from trailbook.services.views import AttemptView

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
) -> Receiving:
    """Begin to keep an answer, or a lesson handed in (``exercise`` None), and to queue its grading.

    A repeated request gets the first one's attempt, even when the lesson was locked or released anew in between.
    """
    refuse_unreadable(key, answers, max_bytes=context.max_submission_bytes)
    request = _Request(identity, course, lesson, exercise, version, answers, key, check)
    future = context.storage.together(partial(_receive, context, request))
    context.arrivals.expect(future)
    return Receiving(context, future)


@dataclass(frozen=True)
class Receiving:
    """An answer on its way to the disk: `wait` for it in a thread of its own, or `arrive` in an event loop."""

    context: Context
    future: Future[_Received]

    def wait(self) -> AttemptView:
        """Return the attempt once it is kept; raises what refused it."""
        return self._tell(self.future.result())

    async def arrive(self) -> AttemptView:
        """Return the attempt once it is kept; raises what refused it."""
        return self._tell(await asyncio.wrap_future(self.future))

    def _tell(self, received: _Received) -> AttemptView:
        """Tell who listens and who grades, after all of it is kept."""
        if received.events:
            self.context.live.publish(received.events)
            self.context.queue.dispatch(received.attempt.id)
        return received_view(received.attempt, received.exercises)


@dataclass(frozen=True)
class _Received:
    """A kept attempt, with the exercises it is graded against, and what happened: nothing for a repeated one."""

    attempt: Attempt
    exercises: Sequence[Exercise]
    events: Sequence[Event] = ()


@dataclass(frozen=True)
class _Request:
    """What a learner sent."""

    identity: Identity
    course: str
    lesson: LessonKey
    exercise: str | None
    version: int
    answers: Mapping[str, str]
    key: str
    check: Check


def _receive(context: Context, request: _Request, work: UnitOfWork) -> _Received:
    """Refuse the request before anything is written, or keep it."""
    now, who, lesson = context.clock(), request.identity, request.lesson
    course = enter_course(work, who, request.course)
    newest = latest_summary(work, course, lesson)
    repeated = find_repeated(
        work,
        learner=who.name,
        key=request.key,
        course=course.name,
        lesson=lesson,
        exercise=request.exercise,
        answers=request.answers,
    )
    if repeated is not None:
        return _Received(repeated, _exercises(work, repeated))
    is_started, is_lent = work.progress.is_started(who.name, course.name, lesson), False
    if not is_started or is_locked_by_staff(work, course, who.name, lesson):  # only staff lock what was started
        standing = standing_of(work, course, who.name, now=now)
        refuse_locked(standing, who, lesson)
        is_lent = is_only_lent(standing, lesson)
    kind, purpose = kind_of(work, request.identity, course, lesson, exercise=request.exercise, is_lent=is_lent)
    kept = answers_for(
        work, newest, course=course.name, lesson=lesson, written_for=request.version, answers=request.answers
    )
    request.check(newest, kept)
    asked = next((each for each in newest.exercises if each.id == request.exercise), None)
    limit_attempts(work, course, who, lesson=lesson, exercise=asked, now=now)
    context.refuse_when_full()
    attempt = _new_attempt(context, request, kind, version=newest.number, kept=kept, now=now)
    attempt = signed(attempt, context.signer)
    work.attempts.add(attempt)
    events = [_note(work, attempt, purpose, now)]
    if not is_started and not is_lent and work.progress.mark_started(who.name, course.name, lesson):
        events += update_path(work, course, who.name, now)
    return _Received(attempt, newest.exercises, events)


def _new_attempt(
    context: Context, request: _Request, kind: JobKind, *, version: int, kept: Mapping[str, str], now: datetime
) -> Attempt:
    return Attempt(
        id=context.new_id(),
        kind=kind,
        key=request.key,
        course=request.course,
        lesson=request.lesson,
        version=version,
        learner=request.identity.name,
        exercise=request.exercise,
        answers=kept,
        created_at=now,
    )


def _note(work: UnitOfWork, attempt: Attempt, purpose: Purpose, now: datetime) -> Event:
    kind = "attempt_submitted"
    if attempt.kind is JobKind.SUBMISSION:
        work.progress.mark_handed_in(attempt.learner, attempt.course, attempt.lesson)
        kind = "lesson_handed_in"
    data = {"attempt": attempt.id} | ({} if purpose is Purpose.COUNTS else {"purpose": purpose.value})
    return work.events.append(
        Event(kind, now, attempt.course, attempt.learner, attempt.lesson, attempt.exercise, data=data)
    )


def _exercises(work: UnitOfWork, attempt: Attempt) -> Sequence[Exercise]:
    graded = work.versions.find_summary(attempt.course, attempt.lesson, attempt.version)
    return graded.exercises if graded else ()
