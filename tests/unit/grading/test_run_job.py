"""Tests of one grading job: what is stored, told and written, once, whatever fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from support.contexts import learner
from support.courses import NOW, TRAP, attempt, course, key, lesson, version
from support.grading import FAULT, GradingWorld, graded
from support.notebooks import answer, check, notebook, written

from trailbook.domain.course import GradingLimits, GradingRules, HiddenVerdicts
from trailbook.domain.errors import Unavailable
from trailbook.domain.path import Status
from trailbook.domain.progress import ExerciseState
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.decide import update_path
from trailbook.services.ports import Attempt, Event, JobKind, JobStatus, LessonToGrade
from trailbook.services.recover_jobs import record_missing, take_back_jobs
from trailbook.services.run_job import SPARE_LEASE_SECONDS, TEST_ENDED, run_job

LESSON = notebook(
    check("setup-test"), answer("a", "raise NotImplementedError()"), check("a-test"), answer("b"), check("b-test")
)
MANUAL = notebook(answer("a"), check("a-test"), written("why", "YOUR ANSWER HERE"))
HALF, FULL = graded(("setup-test", 1), ("a-test", 0.5)), graded(("setup-test", 1), ("a-test", 1))


def world_with(*outcomes: GradingResult | Unavailable, jobs: tuple[Attempt, ...] = (), **options: int) -> GradingWorld:
    """Return a world with a course of two lessons, the second behind the first, and these jobs."""
    made = GradingWorld(outcomes or (FULL,), **options)
    with made.storage() as work:
        work.courses.put(course(lesson("one", pass_share=0.5), lesson("two", requires=["one"])))
        work.versions.add(version("one", LESSON))
        work.versions.add(version("two", MANUAL))
        work.progress.mark_started(TRAP, "course", key("one"))
        update_path(work, course(lesson("one", pass_share=0.5), lesson("two", requires=["one"])), TRAP, NOW)
        for job in jobs or (attempt("first"),):
            work.attempts.add(job)
    return made


def events_of(made: GradingWorld) -> list[tuple[str, str | None]]:
    """Return kind and exercise of every event of the log that listeners were told of."""
    return [(event.kind, event.exercise) for event in logged(made)]


def logged(made: GradingWorld) -> list[Event]:
    """Return the events that listeners were told of and that the log has."""
    return [event for event in made.world.published if event.kind != TEST_ENDED]


def test_a_graded_attempt_is_stored_told_and_written() -> None:
    made = world_with(FULL)

    run_job(made.context, "first")

    done = made.attempt("first")
    assert done == replace(
        attempt("first"), status=JobStatus.DONE, tries=1, result=FULL, graded_at=NOW, recorded_at=NOW, lease_until=None
    )
    with made.storage(read_only=True) as work:
        stored = work.progress.of_learner(TRAP, "course")[key("one")].exercises
        assert {name: each.score for name, each in stored.items()} == {"setup-test": 1.0, "a": 1.0}
        assert work.decisions.latest(TRAP, "course")[key("two")].status is Status.OPEN
    assert made.gradebook.results == [("first", FULL)]
    assert made.gradebook.submissions == []
    assert events_of(made) == [("attempt_graded", "a"), ("lesson_unlocked", None), ("path_changed", None)]
    assert logged(made)[0] == Event(
        "attempt_graded",
        NOW,
        "course",
        TRAP,
        key("one"),
        "a",
        data={"attempt": "first", "verdict": "graded", "reason": ""},
        id=logged(made)[0].id,
    )
    assert [replace(event, id=0) for event in logged(made)] == made.world.log()[-3:]


def test_an_attempt_asks_for_its_own_tests_and_those_of_no_answer() -> None:
    made = world_with()

    run_job(made.context, "first")

    assert made.grader.asked == [
        {"answers": {"a": "a = 1"}, "only": ("setup-test", "a-test"), "limits": GradingLimits()}
    ]


def test_the_best_result_of_an_exercise_is_kept() -> None:
    made = world_with(FULL, HALF, jobs=(attempt("first"), attempt("second")))

    run_job(made.context, "first")
    run_job(made.context, "second")

    with made.storage(read_only=True) as work:
        assert work.progress.of_learner(TRAP, "course")[key("one")].exercises["a"].score == 1.0
    assert made.attempt("second").result == HALF


def test_a_job_that_is_done_is_not_run_again() -> None:
    made = world_with()

    run_job(made.context, "first")
    run_job(made.context, "first")

    assert len(made.grader.asked) == 1
    assert made.gradebook.results == [("first", FULL)]


def test_a_job_another_worker_holds_is_left_alone() -> None:
    made = world_with()
    with made.storage() as work:
        work.attempts.lease("first", now=NOW, until=NOW + timedelta(seconds=60))

    run_job(made.context, "first")

    assert made.grader.asked == []


def test_an_unknown_job_is_nothing() -> None:
    made = world_with()

    run_job(made.context, "no such attempt")

    assert made.world.published == []


def test_a_job_whose_worker_died_runs_again_when_its_lease_ends() -> None:
    made = world_with()
    with made.storage() as work:
        work.attempts.lease("first", now=NOW, until=NOW + timedelta(seconds=60))
    made.world.wait(61)

    run_job(made.context, "first")

    assert made.attempt("first").status is JobStatus.DONE
    assert made.attempt("first").tries == 2


def test_a_lease_is_longer_than_the_grading_may_take() -> None:
    made = world_with()
    slow = replace(course(lesson("one")), grading=GradingLimits(total_timeout_seconds=1000))
    with made.storage() as work:
        work.courses.put(slow)
    held = []

    class Looks:
        def grade(self, *_: object, **__: object) -> GradingResult:
            held.append(made.attempt("first").lease_until)
            return FULL

    run_job(replace(made.context, grader=Looks()), "first")

    assert held == [NOW + timedelta(seconds=1000 + SPARE_LEASE_SECONDS)]


def test_a_process_that_starts_takes_back_what_it_was_at() -> None:
    made = world_with(jobs=(attempt("first"), attempt("second")))
    with made.storage() as work:
        work.attempts.lease("first", now=NOW, until=NOW + timedelta(seconds=600))

    take_back_jobs(made.context)

    assert [made.attempt(name).status for name in ("first", "second")] == [JobStatus.QUEUED, JobStatus.QUEUED]


def test_what_a_worker_stores_too_late_changes_nothing() -> None:
    made = world_with(FULL)

    class TakenOver:
        """A grading so slow that the lease ends, and another worker grades the attempt meanwhile."""

        def grade(self, *_: object, **__: object) -> GradingResult:
            made.world.wait(10_000)
            run_job(made.context, "first")
            return HALF

    run_job(replace(made.context, grader=TakenOver()), "first")

    assert made.attempt("first").result == FULL
    assert made.gradebook.results == [("first", FULL)]
    assert events_of(made).count(("attempt_graded", "a")) == 1


def test_a_grading_that_fails_is_tried_again_at_once() -> None:
    made = world_with(FAULT, FULL)

    run_job(made.context, "first")

    assert made.attempt("first").result == FULL
    assert made.attempt("first").tries == 2


def test_a_grading_that_fails_every_time_waits_for_a_person_and_is_no_zero() -> None:
    made = world_with(FAULT)

    run_job(made.context, "first")

    assert len(made.grader.asked) == 3
    assert made.attempt("first").status is JobStatus.FAILED
    assert made.attempt("first").result == GradingResult(Verdict.NEEDS_REVIEW, reason="grading_failed")
    with made.storage(read_only=True) as work:
        stored = work.progress.of_learner(TRAP, "course")[key("one")].exercises["a"]
    assert stored.state is ExerciseState.NEEDS_REVIEW
    assert "a person will look" in stored.message
    assert events_of(made)[0] == ("attempt_graded", "a")


def test_points_survive_a_later_grading_that_fails() -> None:
    made = world_with(FULL, FAULT, jobs=(attempt("first"), attempt("second")))

    run_job(made.context, "first")
    run_job(made.context, "second")

    with made.storage(read_only=True) as work:
        assert work.progress.of_learner(TRAP, "course")[key("one")].exercises["a"].score == 1.0


def test_a_job_that_kills_its_workers_is_not_run_for_ever() -> None:
    made = world_with(max_tries=2)
    for _ in range(2):  # two workers take it and are never heard of again
        with made.storage() as work:
            work.attempts.lease("first", now=made.world.now, until=made.world.now + timedelta(seconds=1))
        made.world.wait(2)

    run_job(made.context, "first")

    assert made.grader.asked == []
    assert made.attempt("first").status is JobStatus.FAILED
    assert made.attempt("first").result == GradingResult(Verdict.NEEDS_REVIEW, reason="worker_died")


def test_a_gradebook_that_cannot_be_written_keeps_no_learner_waiting() -> None:
    made = world_with()
    made.gradebook.broken = True

    run_job(made.context, "first")

    assert made.attempt("first").status is JobStatus.DONE
    assert made.attempt("first").recorded_at is None
    assert ("attempt_graded", "a") in events_of(made)

    made.gradebook.broken = False
    record_missing(made.context)
    record_missing(made.context)

    assert made.gradebook.results == [("first", FULL)]
    assert made.attempt("first").recorded_at == NOW


def test_a_lesson_handed_in_is_a_submission_and_its_text_waits_for_a_person() -> None:
    answers = {"a": "a = 1", "why": "It adds."}
    job = attempt("hand-in", kind=JobKind.SUBMISSION, name="two", exercise=None, answers=answers)
    made = world_with(graded(("a-test", 1)), jobs=(job,))

    run_job(made.context, "hand-in")

    result = made.attempt("hand-in").result
    assert result == replace(graded(("a-test", 1)), verdict=Verdict.NEEDS_REVIEW)
    assert made.attempt("hand-in").status is JobStatus.DONE
    [(_, handed_in)] = made.gradebook.submissions
    assert [cell["source"] for cell in handed_in["cells"]] == ["a = 1", "assert True", "It adds."]
    assert made.gradebook.results == [("hand-in", result)]
    assert events_of(made)[0] == ("submission_graded", None)
    with made.storage(read_only=True) as work:
        stored = work.progress.of_learner(TRAP, "course")[key("two")].exercises
    assert {name: each.state for name, each in stored.items()} == {
        "a": ExerciseState.GRADED,
        "why": ExerciseState.NEEDS_REVIEW,
    }
    assert made.grader.asked[0]["only"] == ()


def test_a_text_nobody_wrote_waits_for_nobody() -> None:
    job = attempt("hand-in", kind=JobKind.SUBMISSION, name="two", exercise=None, answers={"a": "a = 1"})
    made = world_with(graded(("a-test", 1)), jobs=(job,))

    run_job(made.context, "hand-in")

    assert made.attempt("hand-in").result == graded(("a-test", 1))
    [(_, handed_in)] = made.gradebook.submissions
    assert handed_in["cells"][2]["source"] == "YOUR ANSWER HERE"


def test_from_the_hand_in_on_attempts_leave_the_gradebook_alone() -> None:
    handed_in = attempt("hand-in", kind=JobKind.SUBMISSION, exercise=None)
    made = world_with(FULL, jobs=(handed_in, attempt("later")))

    run_job(made.context, "hand-in")
    run_job(made.context, "later")

    assert [name for name, _ in made.gradebook.results] == ["hand-in"]
    assert made.attempt("later").recorded_at == NOW


def test_an_older_hand_in_is_not_written_over_a_newer_one() -> None:
    old, new = (attempt(name, kind=JobKind.SUBMISSION, exercise=None) for name in ("old", "new"))
    made = world_with(FULL, jobs=(old, new))

    run_job(made.context, "new")
    run_job(made.context, "old")

    assert [name for name, _ in made.gradebook.submissions] == ["new"]
    assert [name for name, _ in made.gradebook.results] == ["new"]


def test_a_hand_in_that_cannot_be_graded_is_there_for_a_person() -> None:
    made = world_with(FAULT, jobs=(attempt("hand-in", kind=JobKind.SUBMISSION, exercise=None),))

    run_job(made.context, "hand-in")

    assert [name for name, _ in made.gradebook.submissions] == ["hand-in"]
    assert made.gradebook.results == [("hand-in", GradingResult(Verdict.NEEDS_REVIEW, reason="grading_failed"))]


def test_the_same_key_twice_is_one_attempt() -> None:
    from trailbook.services.submit_answer import submit_answer

    made = world_with(FULL, jobs=(attempt("other", learner="someone else"),))
    asked = {"exercise": "a", "version": 1, "answers": {"a": "a = 1"}, "key": "key"}

    first = submit_answer(made.world.context, learner(), "course", key("one"), **asked)
    second = submit_answer(made.world.context, learner(), "course", key("one"), **asked)
    for dispatched in made.world.dispatched:
        run_job(made.context, dispatched)
    third = submit_answer(made.world.context, learner(), "course", key("one"), **asked)

    assert first.id == second.id == third.id
    assert third.status == "done"
    assert len(made.grader.asked) == 1
    with made.storage(read_only=True) as work:
        assert len(work.attempts.of_learner(TRAP, "course", key("one"))) == 1


def test_each_test_is_told_when_it_ends_and_before_the_result() -> None:
    made = world_with(HALF)

    run_job(made.context, "first")

    def told(name: str, score: float, message: str) -> Event:
        data = {
            "attempt": "first",
            "grade_id": name,
            "score": score,
            "max_score": 1.0,
            "message": message,
            "mode": "kernel",
        }
        return Event(TEST_ENDED, NOW, "course", TRAP, key("one"), "a", data=data)

    assert made.world.published[:2] == [told("setup-test", 1, ""), told("a-test", 0.5, "Not yet.")]
    assert made.world.published[2].kind == "attempt_graded"
    assert TEST_ENDED not in [event.kind for event in made.world.log()]


def test_a_withheld_test_is_not_told() -> None:
    result = GradingResult(
        Verdict.GRADED, (TestResult("setup-test", 1, 1), TestResult("a-test", 0, 1, "Not yet.", hidden=True))
    )
    made = world_with(result)
    with made.storage() as work:
        work.courses.put(replace(course(lesson("one")), rules=GradingRules(hidden_verdicts=HiddenVerdicts.NEVER)))

    run_job(made.context, "first")

    told = [event.data["grade_id"] for event in made.world.published if event.kind == TEST_ENDED]
    assert told == ["setup-test"]


def test_a_lease_is_renewed_while_its_grading_goes_on_and_no_longer() -> None:
    made = world_with()
    held = []

    class Waits:
        """A grading that waits for a machine, longer than any lease."""

        def grade(self, *_: object, **__: object) -> GradingResult:
            made.world.wait(100_000)
            made.context.leases.renew(made.storage, made.context.clock)
            held.append(made.attempt("first").lease_until)
            with made.storage(read_only=True) as work:
                assert work.attempts.find_queued("first", now=made.world.now) is None
            return FULL

    run_job(replace(made.context, grader=Waits()), "first")
    made.context.leases.renew(made.storage, made.context.clock)

    assert held == [made.world.now + timedelta(seconds=GradingLimits().total_timeout_seconds + SPARE_LEASE_SECONDS)]
    assert made.attempt("first").lease_until is None


def test_a_grading_gets_the_data_of_its_course() -> None:
    made = world_with()
    seen = []

    class Looks:
        def grade(self, lesson: LessonToGrade, *_: object, **__: object) -> GradingResult:
            seen.append(lesson.data)
            return FULL

    context = replace(made.context, grader=Looks(), data_folders=lambda course: {"data": f"/srv/{course.name}/data"})
    run_job(context, "first")

    assert seen == [{"data": "/srv/course/data"}]
