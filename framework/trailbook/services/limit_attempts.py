"""Refuses an answer that comes too soon, by the course's limits, before anything of it is kept."""

from __future__ import annotations

from datetime import datetime

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.errors import TooSoon
from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import visible, withheld
from trailbook.domain.people import Identity
from trailbook.domain.rate_limits import MINUTE, Tried, wait_for_cool_down, wait_for_rate
from trailbook.domain.results import GradingResult
from trailbook.domain.scoring import own_tests
from trailbook.services.access import is_staff
from trailbook.services.ports import UnitOfWork


def limit_attempts(
    work: UnitOfWork,
    course: Course,
    identity: Identity,
    *,
    lesson: LessonKey,
    exercise: Exercise | None,
    now: datetime,
) -> None:
    """Raise when a learner's next answer, or lesson handed in (``exercise`` None), would come too soon.

    Call it where the answer is about to be kept, and not for a request that only repeats one. Handing in waits for no
    cool-down. Staff try their own exercises without limits.

    Raises
    ------
    TooSoon
        ``too_many_attempts``, ``cooling_down``: `Wait` says why and how long.
    """
    if is_staff(identity, course.name):
        return
    rules = course.rules
    first = work.attempts.received_nth(identity.name, rules.attempts_per_minute, since=now - MINUTE)
    rate = wait_for_rate(first, now)
    cool_down = None
    if exercise is not None and rules.cool_down_seconds > 0:
        tried = _tried(work, course, identity.name, lesson, exercise, now=now)
        cool_down = wait_for_cool_down(rules, tried, now)
    if cool_down is not None and (rate is None or cool_down.seconds >= rate.seconds):
        raise TooSoon("cooling_down", cool_down.message, seconds=cool_down.seconds)
    if rate is not None:
        raise TooSoon("too_many_attempts", rate.message, seconds=rate.seconds)


def _tried(
    work: UnitOfWork, course: Course, learner: str, lesson: LessonKey, exercise: Exercise, *, now: datetime
) -> list[Tried]:
    """Return the latest attempts that were graded, newest first; one that the grading itself failed does not count."""
    latest = work.attempts.latest_graded(
        learner, course.name, lesson, exercise=exercise.id, limit=course.rules.cool_down_after
    )
    is_withheld = withheld(course, lesson.module, now) is not None
    return [
        Tried(at, _passed(exercise, result, is_withheld=is_withheld))
        for at, result in latest
        if own_tests(exercise, result.tests)
    ]


def _passed(exercise: Exercise, result: GradingResult, *, is_withheld: bool) -> bool:
    """Whether all that the learner may see of it passed: a pause must not tell of a hidden test either."""
    tests = own_tests(exercise, result.tests)
    shown = visible(exercise, tests) if is_withheld else tests
    return bool(shown) and all(test.passed for test in shown)
