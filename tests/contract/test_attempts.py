"""Attempts and the jobs they are, alike in every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.courses import NOW, TRAP, attempt, key

from trailbook.domain.errors import Conflict
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.ports import JobKind, JobStatus, PastResult, Storage

LATER = NOW + timedelta(seconds=60)
RESULT = GradingResult(
    Verdict.GRADED,
    (TestResult("a-test", 0.5, 1.0, "not \u2713 yet \x00"),),
    repaired=("The cell a was missing.",),
    autograded='{"cells": ["\ud800 \x00"]}',  # what a learner's program printed
    reason="timeout",
    seconds=1.25,
)


def test_attempt_is_found_whole(storage: Storage) -> None:
    answers = {"a": "'\x00\U0001f600'\r\n", "b": ""}
    sent = attempt("x", answers=answers, sha256="0f" * 32, signature="key.signature")
    handed_in = attempt("y", kind=JobKind.SUBMISSION, exercise=None)
    with storage() as work:
        work.attempts.add(sent)
        work.attempts.add(handed_in)
    with storage(read_only=True) as work:
        assert work.attempts.find("x") == sent
        assert work.attempts.find("z") is None
        assert work.attempts.find_by_key(TRAP, "x") == sent
        assert work.attempts.find_by_key("someone", "x") is None
        assert work.attempts.of_learner(TRAP, "course", key("one")) == [sent, handed_in]
        assert work.attempts.of_learner("someone", "course", key("one")) == []
        assert work.attempts.of_learner(TRAP, "course", key("two")) == []


def test_same_key_of_one_learner_is_a_conflict(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x", key="k"))
        work.attempts.add(attempt("y", key="k", learner="someone"))
    with pytest.raises(Conflict, match="sent before") as refusal, storage() as work:
        work.attempts.add(attempt("z", key="k"))
    assert refusal.value.code == "key_reused"
    with storage(read_only=True) as work:
        assert work.attempts.find("z") is None


def test_lease_takes_a_queued_job_once(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x"))
    with storage() as work:
        taken = work.attempts.lease("x", now=NOW, until=LATER)
        assert taken == attempt("x", status=JobStatus.RUNNING, tries=1, lease_until=LATER)
        assert work.attempts.lease("x", now=NOW, until=LATER) is None
        assert work.attempts.lease("unknown", now=NOW, until=LATER) is None
        assert work.attempts.find("x") == taken


def test_lease_that_ran_out_can_be_taken(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x"))
        work.attempts.lease("x", now=NOW, until=LATER)
        assert work.attempts.lease("x", now=LATER - timedelta(seconds=1), until=LATER) is None
        again = work.attempts.lease("x", now=LATER, until=LATER + timedelta(seconds=60))
    assert again is not None
    assert again.tries == 2


def test_finish_keeps_the_result_and_ends_the_job(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x"))
        taken = work.attempts.lease("x", now=NOW, until=LATER)
        work.attempts.finish("x", JobStatus.DONE, RESULT, now=LATER)
    assert taken is not None
    with storage() as work:
        done = replace(taken, status=JobStatus.DONE, result=RESULT, graded_at=LATER, lease_until=None)
        assert work.attempts.find("x") == done
        assert work.attempts.lease("x", now=LATER + timedelta(days=1), until=LATER) is None


def test_history_keeps_every_result(storage: Storage) -> None:
    first, second = replace(RESULT, reason="memory"), replace(RESULT, reason="")
    with storage() as work:
        for name in ("x", "y"):
            work.attempts.add(attempt(name))
            work.attempts.lease(name, now=NOW, until=LATER)
        work.attempts.finish("x", JobStatus.FAILED, first, now=NOW)
        work.attempts.finish("y", JobStatus.DONE, second, now=NOW)
    with storage() as work:
        work.attempts.requeue("x")
        work.attempts.lease("x", now=NOW, until=LATER)
        work.attempts.finish("x", JobStatus.DONE, second, now=LATER)
    with storage(read_only=True) as work:
        assert work.attempts.results("x") == [
            PastResult(1, replace(first, autograded=""), NOW),
            PastResult(2, replace(second, autograded=""), LATER),
        ]
        assert work.attempts.results("unknown") == []


def test_executed_notebook_comes_with_a_single_attempt_only(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x"))
        work.attempts.finish("x", JobStatus.DONE, RESULT, now=NOW)
    light = replace(RESULT, autograded="")
    with storage(read_only=True) as work:
        (of_learner,) = work.attempts.of_learner(TRAP, "course", key("one"))
        (unrecorded,) = work.attempts.unrecorded(limit=9)
        by_key, whole = work.attempts.find_by_key(TRAP, "x"), work.attempts.find("x")
    assert by_key is not None
    assert whole is not None
    assert [each.result for each in (of_learner, unrecorded, by_key)] == [light] * 3
    assert whole.result == RESULT


def test_requeue_gives_a_job_back(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x"))
        work.attempts.lease("x", now=NOW, until=LATER)
        work.attempts.requeue("x")
        assert work.attempts.find("x") == attempt("x", tries=1)
        assert work.attempts.lease("x", now=NOW, until=LATER) is not None


def test_waiting_has_queued_and_lapsed_jobs_oldest_first(storage: Storage) -> None:
    with storage() as work:
        for name in ("done", "lapsed", "running", "queued", "last"):
            work.attempts.add(attempt(name))
        work.attempts.finish("done", JobStatus.DONE, RESULT, now=NOW)
        work.attempts.lease("lapsed", now=NOW, until=LATER)
        work.attempts.lease("running", now=NOW, until=LATER + timedelta(seconds=1))
    with storage(read_only=True) as work:
        assert [each.id for each in work.attempts.waiting(now=LATER, limit=10)] == ["lapsed", "queued", "last"]
        assert [each.id for each in work.attempts.waiting(now=LATER, limit=2)] == ["lapsed", "queued"]


def test_unrecorded_has_ended_jobs_until_they_are_recorded(storage: Storage) -> None:
    with storage() as work:
        for name in ("queued", "done", "failed", "recorded"):
            work.attempts.add(attempt(name))
        work.attempts.finish("done", JobStatus.DONE, RESULT, now=NOW)
        work.attempts.finish("failed", JobStatus.FAILED, RESULT, now=NOW)
        work.attempts.finish("recorded", JobStatus.DONE, RESULT, now=NOW)
        work.attempts.mark_recorded("recorded", now=LATER)
    with storage(read_only=True) as work:
        assert [each.id for each in work.attempts.unrecorded(limit=10)] == ["done", "failed"]
        assert [each.id for each in work.attempts.unrecorded(limit=1)] == ["done"]
        recorded = work.attempts.find("recorded")
    assert recorded is not None
    assert recorded.recorded_at == LATER


def test_received_nth_counts_the_learners_own_from_the_newest(storage: Storage) -> None:
    ages = {"old": 61, "edge": 60, "first": 59, "second": 0.25, "other": 1}
    with storage() as work:
        for name, seconds in ages.items():
            who = "someone" if name == "other" else TRAP
            work.attempts.add(attempt(name, learner=who, created_at=LATER - timedelta(seconds=seconds)))
    with storage(read_only=True) as work:
        found = [work.attempts.received_nth(TRAP, nth, since=NOW) for nth in (1, 2, 3)]
    assert found == [LATER - timedelta(seconds=0.25), LATER - timedelta(seconds=59), None]


def test_latest_graded_has_results_of_one_exercise_newest_first(storage: Storage) -> None:
    light = replace(RESULT, autograded="")
    with storage() as work:
        for number, name in enumerate(("first", "second", "pending", "other-exercise", "someone")):
            changes = {"exercise": "b"} if name == "other-exercise" else {}
            who = "someone" if name == "someone" else TRAP
            at = NOW + timedelta(seconds=number)
            work.attempts.add(attempt(name, learner=who, created_at=at, **changes))
            if name != "pending":
                work.attempts.finish(name, JobStatus.DONE, RESULT, now=LATER)
    with storage(read_only=True) as work:
        found = work.attempts.latest_graded(TRAP, "course", key("one"), exercise="a", limit=9)
        assert list(found) == [(NOW + timedelta(seconds=1), light), (NOW, light)]
        assert list(work.attempts.latest_graded(TRAP, "course", key("one"), exercise="a", limit=1)) == list(found)[:1]
        assert not work.attempts.latest_graded(TRAP, "course", key("two"), exercise="a", limit=9)
