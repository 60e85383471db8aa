"""Answers that come too soon are refused before anything is kept, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.contexts import World, grader, learner
from support.courses import TRAP
from support.doing import grade, hand_over, submit

from trailbook.domain.course import GradingRules, HiddenVerdicts
from trailbook.domain.errors import TooSoon
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.ports import JobStatus


def ruled(world: World, **rules: object) -> World:
    with world.storage() as work:
        found = work.courses.find("course")
        assert found is not None
        work.courses.put(replace(found, rules=replace(GradingRules(), **rules)))  # type: ignore[arg-type]  # names of fields, checked by the dataclass
    return world


def refused(act: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(TooSoon) as refusal:
        act()
    return refusal.value.code, refusal.value.details["seconds"]


def fail(world: World, number: int, *, score: float = 1.0) -> None:
    grade(world, submit(world, idempotency_key=f"try-{number}").id, a_test=score)


def test_more_than_the_attempts_of_a_minute_are_refused_and_not_kept(world: World) -> None:
    ruled(world, attempts_per_minute=2)
    submit(world, idempotency_key="1")
    world.wait(20)
    hand_over(world, idempotency_key="2")
    world.wait(10)
    assert refused(lambda: submit(world, exercise="b", answers={"b": "b"}, idempotency_key="3")) == (
        "too_many_attempts",
        30,
    )
    assert refused(lambda: hand_over(world, idempotency_key="3")) == ("too_many_attempts", 30)
    with world.storage(read_only=True) as work:
        assert work.attempts.find_by_key(TRAP, "3") is None
    world.wait(30)
    assert submit(world, idempotency_key="3").status == "queued", "the key of what was refused is free"


def test_repeated_request_is_never_refused(world: World) -> None:
    ruled(world, attempts_per_minute=1, cool_down_after=1)
    first = submit(world)
    assert submit(world).id == first.id
    grade(world, first.id, a_test=0)
    assert submit(world).id == first.id


def test_one_learners_attempts_do_not_limit_another(world: World) -> None:
    ruled(world, attempts_per_minute=1)
    submit(world)
    assert submit(world, who=learner("someone")).status == "queued"


def test_cool_down_after_failures_in_a_row_until_a_pass(world: World) -> None:
    ruled(world, cool_down_after=2, cool_down_seconds=50)
    fail(world, 1)
    fail(world, 2)
    world.wait(8)
    assert refused(lambda: fail(world, 3)) == ("cooling_down", 42)
    assert submit(world, exercise="b", answers={"b": "b"}, idempotency_key="b").status == "queued", "another exercise"
    assert hand_over(world).status == "queued", "handing in waits for no cool-down"
    world.wait(42)
    fail(world, 3)
    assert refused(lambda: fail(world, 4)) == ("cooling_down", 50)
    world.wait(50)
    fail(world, 4, score=4.0)
    fail(world, 5)
    fail(world, 6)
    assert refused(lambda: fail(world, 7))[0] == "cooling_down"


def test_attempt_that_could_not_be_graded_is_no_failure(world: World) -> None:
    ruled(world, cool_down_after=1)
    sent = submit(world)
    with world.storage() as work:
        broken = GradingResult(Verdict.NEEDS_REVIEW, reason="worker_died")
        work.attempts.finish(sent.id, JobStatus.FAILED, broken, now=world.now)
    assert submit(world, idempotency_key="again").status == "queued"


@pytest.mark.parametrize("hidden_score", [0.0, 4.0])
def test_cool_down_does_not_tell_of_hidden_tests(world: World, hidden_score: float) -> None:
    ruled(world, cool_down_after=1, hidden_verdicts=HiddenVerdicts.NEVER)
    sent = submit(world)
    with world.storage() as work:
        tests = (TestResult("a-test", hidden_score, 4.0, hidden=True),)
        work.attempts.finish(sent.id, JobStatus.DONE, GradingResult(Verdict.GRADED, tests), now=world.now)
    assert refused(lambda: submit(world, idempotency_key="again")) == ("cooling_down", 60)


def test_staff_try_their_exercises_without_limits(world: World) -> None:
    ruled(world, attempts_per_minute=1)
    for number in range(3):
        assert submit(world, who=grader(), idempotency_key=str(number)).status == "queued"


def test_longer_wait_is_the_one_that_is_told(world: World) -> None:
    ruled(world, attempts_per_minute=1, cool_down_after=1, cool_down_seconds=30)
    fail(world, 1)
    assert refused(lambda: fail(world, 2)) == ("too_many_attempts", 60)
    ruled(world, attempts_per_minute=1, cool_down_after=1, cool_down_seconds=90)
    assert refused(lambda: fail(world, 2)) == ("cooling_down", 90)
