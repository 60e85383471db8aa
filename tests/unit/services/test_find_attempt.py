"""Attempts are shown to whom they belong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.contexts import World, grader, learner
from support.courses import NOW, TRAP, attempt, key, store_course
from support.doing import grade, hand_over, submit

from trailbook.domain.errors import NotFound
from trailbook.domain.people import Identity, Role
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.domain.scoring import NOT_GRADED, REASONS
from trailbook.services.attempt_views import WAITS_FOR_GRADER
from trailbook.services.find_attempt import find_attempt, list_attempts
from trailbook.services.ports import JobStatus
from trailbook.services.views import TestView


def finish(world: World, attempt_id: str, result: GradingResult, status: JobStatus = JobStatus.DONE) -> None:
    with world.storage() as work:
        work.attempts.finish(attempt_id, status, result, now=world.now)


def test_graded_attempt_shows_the_tests_of_its_exercise(world: World) -> None:
    sent = submit(world)
    grade(world, sent.id, a_test=1, b_test=4)
    view = find_attempt(world.context, learner(), sent.id)
    assert (view.status, view.verdict, view.score, view.max_score) == ("done", "graded", 1.0, 4.0)
    assert view.tests == [TestView("a-test", passed=False, score=1.0, max_score=4.0, message="")]
    assert view.graded_at == NOW


def test_reason_is_explained_when_points_are_missing(world: World) -> None:
    sent = submit(world)
    grade(world, sent.id, reason="timeout", a_test=0)
    view = find_attempt(world.context, learner(), sent.id)
    assert (view.reason, view.message) == ("timeout", REASONS["timeout"])
    full = submit(world, idempotency_key="key-2")
    grade(world, full.id, reason="timeout", a_test=4)
    assert find_attempt(world.context, learner(), full.id).message == ""


def test_job_that_failed_says_that_a_person_will_look(world: World) -> None:
    sent = submit(world)
    finish(world, sent.id, GradingResult(Verdict.NEEDS_REVIEW, reason="worker_died"), JobStatus.FAILED)
    view = find_attempt(world.context, learner(), sent.id)
    assert (view.status, view.message, view.score) == ("failed", NOT_GRADED, 0.0)


def test_submission_shows_all_tests_and_says_what_waits(world: World) -> None:
    sent = hand_over(world)
    tests = (TestResult("b-test", 2, 4), TestResult("a-test", 4, 4))
    finish(world, sent.id, GradingResult(Verdict.NEEDS_REVIEW, tests, repaired=("The cell b was missing.",)))
    view = find_attempt(world.context, learner(), sent.id)
    assert [each.grade_id for each in view.tests] == ["a-test", "b-test"]
    assert (view.score, view.max_score, view.message) == (6.0, 10.0, WAITS_FOR_GRADER)
    assert view.repaired == ("The cell b was missing.",)


def test_attempt_of_another_learner_looks_as_if_it_were_not_there(world: World) -> None:
    sent = submit(world)
    service = Identity(TRAP, {"course": frozenset({Role.LEARNER})}, is_service=True)
    for stranger in (learner("eve"), grader(of="other"), Identity("eve"), service):
        for wanted in (sent.id, "unknown"):
            with pytest.raises(NotFound) as refusal:
                find_attempt(world.context, stranger, wanted)
            assert (refusal.value.code, refusal.value.details) == ("unknown_attempt", {"attempt": wanted})


def test_staff_of_the_course_see_an_attempt(world: World) -> None:
    sent = submit(world)
    assert find_attempt(world.context, grader(), sent.id).id == sent.id


def test_own_attempts_of_a_lesson_are_listed_newest_first(world: World) -> None:
    first, second = submit(world), hand_over(world)
    submit(world, who=learner("eve"))
    assert [each.id for each in list_attempts(world.context, learner(), "course", key("one"))] == [second.id, first.id]
    assert list_attempts(world.context, learner(), "course", key("two")) == []
    with pytest.raises(NotFound, match="no lesson"):
        list_attempts(world.context, learner(), "course", key("nine"))


def test_an_attempt_that_waits_for_a_machine_says_so_while_it_is_queued() -> None:
    world = World()
    store_course(world.storage)
    with world.storage() as work:
        work.attempts.add(attempt("queued"))
        work.attempts.add(attempt("running"))
        work.attempts.lease("running", now=NOW, until=NOW)
    context = replace(world.context, why_waiting=lambda course: f"No machine for {course}.")

    found = find_attempt(context, learner(), "queued")
    listed = list_attempts(context, learner(), "course", key("one"))

    assert (found.status, found.message) == ("queued", "No machine for course.")
    assert [view.message for view in listed] == ["", "No machine for course."]


def test_attempt_in_line_says_how_many_are_before_it(world: World) -> None:
    first = submit(world)
    others = [submit(world, who=learner(f"eve-{number}")) for number in range(2)]
    told = [
        find_attempt(world.context, learner(name), each.id).message
        for name, each in (("eve-0", others[0]), ("eve-1", others[1]))
    ]
    assert told == [
        "Your answer is kept and waits in line: one is graded before it.",
        "Your answer is kept and waits in line: 2 are graded before it.",
    ]
    assert find_attempt(world.context, learner(), first.id).message == ""
