"""What learners and workers do again and again in tests."""

from __future__ import annotations

from collections.abc import Mapping

from support.contexts import World, learner
from support.courses import key
from trailbook.domain.people import Identity
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.domain.scoring import progress_after_grading
from trailbook.services.decide import update_path
from trailbook.services.hand_in import hand_in
from trailbook.services.ports import JobKind, JobStatus
from trailbook.services.settle import settle
from trailbook.services.standing import NOTHING
from trailbook.services.submit_answer import submit_answer
from trailbook.services.views import AttemptView


def submit(
    world: World,
    *,
    who: Identity | None = None,
    course: str = "course",
    name: str = "one",
    exercise: str = "a",
    version: int = 1,
    answers: Mapping[str, str] | None = None,
    idempotency_key: str = "key-1",
) -> AttemptView:
    """Send the answer ``a = 1`` to exercise ``a``, or what is said."""
    return submit_answer(
        world.context,
        who or learner(),
        course,
        key(name),
        exercise=exercise,
        version=version,
        answers={"a": "a = 1"} if answers is None else answers,
        key=idempotency_key,
    )


def hand_over(
    world: World,
    *,
    who: Identity | None = None,
    name: str = "one",
    version: int = 1,
    answers: Mapping[str, str] | None = None,
    idempotency_key: str = "hand-in-1",
) -> AttemptView:
    """Hand in a lesson with an answer of each kind, or what is said."""
    return hand_in(
        world.context,
        who or learner(),
        "course",
        key(name),
        version=version,
        answers={"a": "a = 1", "w": "Because."} if answers is None else answers,
        key=idempotency_key,
    )


def grade(world: World, attempt_id: str, *, reason: str = "", **scores: float) -> None:
    """Store a result for a job as a worker does, with a score for each test by its ``grade_id``, ``_`` for ``-``."""
    with world.storage() as work:
        attempt = work.attempts.find(attempt_id)
        assert attempt is not None
        version = work.versions.find(attempt.course, attempt.lesson, attempt.version)
        course = work.courses.find(attempt.course)
        assert version is not None
        assert course is not None
        tests = tuple(TestResult(name.replace("_", "-"), score, 4.0) for name, score in scores.items())
        result = GradingResult(Verdict.GRADED, tests, reason=reason)
        stored = work.progress.of_learner(attempt.learner, attempt.course).get(attempt.lesson, NOTHING)
        counts = attempt.kind is not JobKind.PRACTICE
        changes = progress_after_grading(version.exercises, stored.exercises, result, exercise=attempt.exercise)
        for changed in changes if counts else ():
            work.progress.put_exercise(attempt.learner, attempt.course, attempt.lesson, changed)
        work.attempts.finish(attempt_id, JobStatus.DONE, result, now=world.now)
        settle(work, course, attempt.learner, now=world.now)
        update_path(work, course, attempt.learner, world.now)
