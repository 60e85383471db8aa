"""Runs one grading job: lease, grade, store all that follows in one transaction, tell the learner, tell nbgrader.

Nothing here happens twice. A job whose worker died is leased again when its lease ends; the grading is run again, which
is harmless, and what the first worker might still store is refused, because the job is no longer its own.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from trailbook.domain.course import Course
from trailbook.domain.errors import Unavailable
from trailbook.domain.exercise_packages import packages_of
from trailbook.domain.hidden_policy import shown_result, withheld
from trailbook.domain.notebook import unanswered
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.domain.scoring import progress_after_grading
from trailbook.domain.sittings import Purpose
from trailbook.services.decide import update_path
from trailbook.services.grading_context import GradingContext
from trailbook.services.notice_struggle import notice_struggle
from trailbook.services.ports import Attempt, Event, JobKind, JobStatus, LessonToGrade, LessonVersion, UnitOfWork
from trailbook.services.record_result import try_to_record
from trailbook.services.settle import settle
from trailbook.services.standing import NOTHING

SPARE_LEASE_SECONDS = 120.0  # beside the grading itself: starting the sandbox, waiting for the database

TEST_ENDED = "test_ended"
"""Kind of the live events that tell how one test ended. They are not in the log: who missed one reads the result."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A leased attempt with what it is graded against."""

    attempt: Attempt
    version: LessonVersion
    course: Course


def run_job(context: GradingContext, attempt_id: str) -> None:
    """Grade an attempt or a submission; do nothing when it is done or another worker has it.

    A grading that fails for reasons of its own is tried again at once, and after `max_tries` left to a person. What
    the learner's code does (loops, memory, exit) is no failure but a result with a reason.
    """
    context.arrivals.give_way()
    while (job := _lease(context, attempt_id)) is not None:
        result = _grade(context, job)
        if result is None:
            with context.storage() as work:
                if _is_still_ours(work, job):
                    work.attempts.requeue(attempt_id)
            continue
        events = _store(context, job, result)
        if events is not None:
            context.live.publish(events)
            if context.recorder is not None:
                context.recorder.add(attempt_id)
            else:
                try_to_record(context, attempt_id)
        return


def _lease(context: GradingContext, attempt_id: str) -> Job | None:
    now = context.clock()
    with context.storage() as work:
        attempt = work.attempts.find(attempt_id)
        course = work.courses.find(attempt.course) if attempt else None
        if attempt is None or course is None:
            return None
        until = now + timedelta(seconds=_lease_seconds(context, course))
        leased = work.attempts.lease(attempt_id, now=now, until=until)
        version = work.versions.find(attempt.course, attempt.lesson, attempt.version)
        if leased is None or version is None:
            return None
        return Job(leased, version, course)


def _lease_seconds(context: GradingContext, course: Course) -> float:
    return max(context.lease_seconds, course.grading.total_timeout_seconds + SPARE_LEASE_SECONDS)


def _grade(context: GradingContext, job: Job) -> GradingResult | None:
    """Return the result, or None when the grading failed and is to be tried again."""
    attempt = job.attempt
    if attempt.tries > context.max_tries:  # workers died on it, one after the other
        return _given_up(attempt, "worker_died")
    try:
        with context.leases.holding(attempt, seconds=_lease_seconds(context, job.course)):
            result = context.grader.grade(
                _lesson_to_grade(context, job),
                attempt.answers,
                only=_wanted_tests(job),
                seed=attempt.id,
                on_test=lambda test: _tell_of_test(context, job, test),
            )
    except Unavailable as refusal:
        log.warning("grading of attempt %s failed, try %d: %s", attempt.id, attempt.tries, refusal)
        return _given_up(attempt, refusal.code) if attempt.tries >= context.max_tries else None
    return replace(result, verdict=Verdict.NEEDS_REVIEW) if _waits_for_person(job) else result


def _tell_of_test(context: GradingContext, job: Job, test: TestResult) -> None:
    """Tell the learner how a test ended, at once: without the database, which has it when the grading ends."""
    attempt, now = job.attempt, context.clock()
    if withheld(job.course, attempt.lesson.module, now) is not None:
        ended = GradingResult(Verdict.GRADED, (test,))
        if not shown_result(job.version.exercises, ended).tests:
            return
    data = {
        "attempt": attempt.id,
        "grade_id": test.grade_id,
        "score": test.score,
        "max_score": test.max_score,
        "message": test.message,
        "mode": test.mode.value,
    }
    place = (attempt.course, attempt.learner, attempt.lesson, attempt.exercise)
    context.live.publish([Event(TEST_ENDED, now, *place, data=data)])


def _lesson_to_grade(context: GradingContext, job: Job) -> LessonToGrade:
    attempt, version, course = job.attempt, job.version, job.course
    return LessonToGrade(
        version.source,
        version.released,
        version.files,
        limits=course.limits_of(attempt.lesson, attempt.exercise),
        contract=version.contract,
        packages=packages_of(course, attempt.lesson, version.exercises),
        data=context.data_folders(course),
    )


def _given_up(attempt: Attempt, code: str) -> GradingResult:
    log.error("attempt %s could not be graded in %d tries (%s): a person must look", attempt.id, attempt.tries, code)
    return GradingResult(Verdict.NEEDS_REVIEW, reason=code)


def _wanted_tests(job: Job) -> tuple[str, ...]:
    """Return the tests that count: all for a submission; for an attempt its own, and those that belong to no answer."""
    if job.attempt.exercise is None:
        return ()
    return tuple(
        test
        for exercise in job.version.exercises
        if exercise.id == job.attempt.exercise or not exercise.answer_cells
        for test in exercise.test_cells
    )


def _waits_for_person(job: Job) -> bool:
    """Whether what was handed in has an answer that a person grades."""
    if job.attempt.kind is not JobKind.SUBMISSION:
        return False
    blank = unanswered(job.version.released, job.version.exercises, job.attempt.answers)
    return any(each.graded_by_person and each.id not in blank for each in job.version.exercises)


def _is_still_ours(work: UnitOfWork, job: Job) -> bool:
    now = work.attempts.find(job.attempt.id)
    return now is not None and now.status is JobStatus.RUNNING and now.tries == job.attempt.tries


def _store(context: GradingContext, job: Job, result: GradingResult) -> list[Event] | None:
    """Store the result and all that follows from it; return the events, or None when another worker has the job."""
    attempt, version, now = job.attempt, job.version, context.clock()
    failed = not result.tests and result.verdict is Verdict.NEEDS_REVIEW and bool(result.reason)
    with context.storage() as work:
        if not _is_still_ours(work, job):
            log.info("attempt %s was taken over by another worker", attempt.id)
            return None
        stored = work.progress.of_learner(attempt.learner, attempt.course).get(attempt.lesson, NOTHING)
        changed = (
            ()
            if attempt.kind is JobKind.PRACTICE
            else progress_after_grading(
                version.exercises,
                stored.exercises,
                result,
                exercise=attempt.exercise,
                unanswered=unanswered(version.released, version.exercises, attempt.answers),
            )
        )
        for progress in changed:
            work.progress.put_exercise(attempt.learner, attempt.course, attempt.lesson, progress)
        work.attempts.finish(attempt.id, JobStatus.FAILED if failed else JobStatus.DONE, result, now=now)
        events = [work.events.append(_graded(job, result, at=now))]
        # The course of now, not of the lease: a release may have changed it meanwhile.
        course = work.courses.find(attempt.course) or job.course
        events += notice_struggle(work, course, attempt, now=now)
        events += settle(work, course, attempt.learner, now=now)
        events += update_path(work, course, attempt.learner, now)
    return events


def _graded(job: Job, result: GradingResult, *, at: datetime) -> Event:
    attempt = job.attempt
    data = {"attempt": attempt.id, "verdict": result.verdict.value, "reason": result.reason}
    if attempt.kind is JobKind.PRACTICE:
        data["purpose"] = Purpose.PRACTICE.value
    return Event(
        "submission_graded" if attempt.kind is JobKind.SUBMISSION else "attempt_graded",
        at,
        attempt.course,
        attempt.learner,
        attempt.lesson,
        attempt.exercise,
        data=data,
    )
