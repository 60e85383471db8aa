"""What a class does, read alike from every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from support.courses import NOW, TRAP, attempt, key

from trailbook.domain.class_flow import Decided, Moment
from trailbook.domain.path import Status
from trailbook.domain.progress import ExerciseProgress, ExerciseState
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.ports import Decision, Event, JobKind, JobStatus, Storage

LATER = NOW + timedelta(minutes=3)
HALF = GradingResult(Verdict.GRADED, (TestResult("t", 1.0, 2.0), TestResult("u", 0.5, 1.0)), autograded="{}")


def test_moments_are_what_learners_did_with_the_share_of_what_was_graded(storage: Storage) -> None:
    with storage() as work:
        for event in (
            Event("lesson_opened", NOW, "course", TRAP, key("one")),
            Event("run", LATER, "course", TRAP, key("one"), "a", actor="server", trusted=False),
            Event("attempt_submitted", LATER, "course", TRAP, key("one"), "a"),
            Event("lesson_unlocked", LATER, "course", TRAP, key("two")),
            Event("path_changed", LATER, "course", TRAP),
            Event("lesson_opened", NOW, "other", TRAP, key("one")),
            Event("lesson_opened", NOW, "course", "someone", key("one")),
        ):
            work.events.append(event)
        work.attempts.add(attempt("id-1"))
        work.attempts.add(replace(attempt("id-2"), created_at=LATER))
        work.attempts.add(replace(attempt("id-3"), kind=JobKind.PRACTICE))
        for attempt_id in ("id-1", "id-3"):
            work.attempts.finish(attempt_id, JobStatus.DONE, HALF, now=LATER)
    mine = [
        Moment(TRAP, key("one"), NOW),
        Moment(TRAP, key("one"), LATER, "a"),
        Moment(TRAP, key("one"), NOW, "a", 0.5),
        Moment(TRAP, key("one"), LATER, "a"),
        Moment(TRAP, key("one"), NOW, "a"),
    ]
    with storage(read_only=True) as work:
        of_one, of_all = work.activity.moments("course", learner=TRAP), work.activity.moments("course")
        assert work.activity.moments("unknown") == []
    assert sorted(of_one, key=repr) == sorted(mine, key=repr)
    assert sorted(of_all, key=repr) == sorted([*mine, Moment("someone", key("one"), NOW)], key=repr)


def test_decided_is_the_latest_decision_on_everybody(storage: Storage) -> None:
    first = Decision("course", TRAP, key("one"), Status.OPEN, "because", NOW)
    second = replace(first, status=Status.MASTERED, at=LATER)
    others = [replace(first, learner="someone"), replace(first, course="other"), replace(first, lesson=key("two"))]
    with storage() as work:
        for decision in (first, second, *others):
            work.decisions.append(decision)
    with storage(read_only=True) as work:
        assert work.activity.decided("course") == {
            TRAP: {key("one"): Decided(Status.MASTERED, LATER), key("two"): Decided(Status.OPEN, NOW)},
            "someone": {key("one"): Decided(Status.OPEN, NOW)},
        }
        assert work.activity.decisions_on(TRAP, "course", limit=2) == [others[2], second]
        assert work.activity.decisions_on("nobody", "course", limit=2) == []


def test_for_grader_names_what_waits_for_a_person(storage: Storage) -> None:
    waits = ExerciseProgress("w", ExerciseState.NEEDS_REVIEW, max_score=2)
    with storage() as work:
        work.progress.put_exercise(TRAP, "course", key("one"), waits)
        work.progress.put_exercise(TRAP, "course", key("one"), replace(waits, exercise="v"))
        work.progress.put_exercise("someone", "course", key("one"), ExerciseProgress("w", ExerciseState.GRADED))
        work.progress.put_exercise("someone", "other", key("one"), waits)
    with storage(read_only=True) as work:
        assert work.activity.for_grader("course") == {(TRAP, key("one"))}
