"""While verdicts of hidden tests are withheld, nothing a learner sees or causes depends on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.courses import MODULE, NOW, course, key, lesson
from support.notebooks import answer, check, notebook

from trailbook.domain.course import Course, GradingRules, HiddenVerdicts, Module
from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.hidden_policy import (
    HiddenPart,
    Withheld,
    hidden_part,
    shown_exercise,
    shown_lesson,
    shown_result,
    with_hidden_tests,
    withheld,
)
from trailbook.domain.notebook import exercises_of
from trailbook.domain.progress import ExerciseProgress, ExerciseState
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.domain.scoring import lesson_progress, progress_after_grading
from trailbook.domain.unlocking import decide

DUE = NOW + timedelta(days=2)
MIXED = Exercise("a", ExerciseKind.CODE, "A", ("a",), ("seen", "hid"), 3.0, ("hid",), 2.0)
UNSEEN = Exercise("b", ExerciseKind.CODE, "B", ("b",), ("only",), 4.0, ("only",), 4.0)
OPEN = Exercise("c", ExerciseKind.CODE, "C", ("c",), ("plain",), 1.0)
GRADED = ExerciseState.GRADED


def results(*, seen: float, hid: float) -> tuple[TestResult, ...]:
    return (TestResult("seen", seen, 1.0, "Look."), TestResult("hid", hid, 2.0, "Secret.", hidden=True))


def graded(*answers: tuple[TestResult, ...], exercise: Exercise = MIXED) -> ExerciseProgress:
    """Return the standing after these answers, one after the other."""
    stored: dict[str, ExerciseProgress] = {}
    for each in answers:
        outcome = GradingResult(Verdict.GRADED, each, reason="timeout")
        for changed in progress_after_grading((exercise,), stored, outcome, exercise=exercise.id):
            stored[exercise.id] = changed
    return stored[exercise.id]


def ruled(rule: HiddenVerdicts, *, due: bool = True) -> Course:
    module = Module(MODULE, "Module", (lesson("one"),), DUE if due else None)
    return replace(course(), modules=(module,), rules=GradingRules(hidden_verdicts=rule))


@pytest.mark.parametrize(
    ("rule", "due", "late", "expected"),
    [
        (HiddenVerdicts.NOW, True, False, None),
        (HiddenVerdicts.AFTER_DUE, True, False, Withheld(DUE)),
        (HiddenVerdicts.AFTER_DUE, True, True, None),
        (HiddenVerdicts.AFTER_DUE, False, True, Withheld(None)),
        (HiddenVerdicts.NEVER, True, True, Withheld(None)),
    ],
)
def test_verdicts_are_withheld_by_rule_and_time(
    rule: HiddenVerdicts, *, due: bool, late: bool, expected: Withheld | None
) -> None:
    assert withheld(ruled(rule, due=due), MODULE, DUE if late else DUE - timedelta(seconds=1)) == expected


def test_release_knows_which_tests_hide_lines() -> None:
    shown = notebook(answer("a"), check("open", "assert a"), check("part", "assert a", points=2), check("all", ""))
    source = notebook(
        answer("a"),
        check("open", "assert a"),
        check("part", "assert a\nassert a == 7", points=2),
        check("all", "x"),
    )
    (found,) = with_hidden_tests(exercises_of(source), source, shown)
    assert (found.hidden_tests, found.hidden_points) == (("part", "all"), 3.0)
    assert with_hidden_tests(exercises_of(shown), shown, shown) == exercises_of(shown)


def test_grader_can_tell_of_hidden_tests_that_an_old_release_does_not_know() -> None:
    old = replace(MIXED, hidden_tests=(), hidden_points=0.0)
    assert hidden_part(old, results(seen=1, hid=0)) == hidden_part(MIXED) == HiddenPart(1, 2.0)
    assert shown_exercise(old, graded(results(seen=1, hid=0), exercise=old)) == shown_exercise(
        MIXED, graded(results(seen=1, hid=0))
    )


@pytest.mark.parametrize("hid", [0.0, 1.0, 2.0])
def test_shown_standing_is_the_same_however_hidden_tests_went(hid: float) -> None:
    shown = shown_exercise(MIXED, graded(results(seen=1, hid=hid)))
    assert shown == ExerciseProgress("a", GRADED, 1.0, 1.0, (TestResult("seen", 1, 1.0, "Look."),))


@pytest.mark.parametrize("first", [0.0, 2.0])
def test_best_shown_answer_is_the_best_in_what_is_shown(first: float) -> None:
    worse_then_better = graded(results(seen=0, hid=first), results(seen=1, hid=0))
    better_then_worse = graded(results(seen=1, hid=0), results(seen=0, hid=first))
    assert shown_exercise(MIXED, worse_then_better) == shown_exercise(MIXED, better_then_worse)
    assert shown_exercise(MIXED, worse_then_better).score == 1.0
    assert worse_then_better.score == max(first, 1.0), "the gradebook's points are of the best over all"


def test_a_persons_points_for_a_hidden_test_stay_hidden() -> None:
    marked = replace(graded(results(seen=0, hid=0)), overrides={"hid": 2.0, "seen": 0.5}, score=2.5, comment="Well.")
    shown = shown_exercise(MIXED, marked)
    assert (shown.score, shown.overrides, shown.comment) == (0.5, {"seen": 0.5}, "Well.")


def test_exercise_without_hidden_tests_is_shown_whole() -> None:
    before = ExerciseProgress("c", GRADED, 1.0, 1.0, (TestResult("plain", 1, 1.0),), message="m")
    assert shown_exercise(OPEN, before) == before


@pytest.mark.parametrize("score", [0.0, 4.0])
def test_path_follows_an_exercise_that_only_hides_as_soon_as_it_is_answered(score: float) -> None:
    exercises = (MIXED, UNSEEN)
    answered = {"b": graded((TestResult("only", score, 4.0),), exercise=UNSEEN)}
    before = shown_lesson(exercises, lesson_progress(key("one"), exercises, {}, started=True))
    after = shown_lesson(exercises, lesson_progress(key("one"), exercises, answered, started=True))
    assert (before.score, before.max_score, before.share) == (0.0, 1.0, 0.0)
    assert (after.score, after.max_score, after.share) == (0.0, 1.0, 0.8)
    assert not after.exercises["b"].tests


@pytest.mark.parametrize("hid", [0.0, 2.0])
def test_unlocking_and_its_reason_do_not_tell_of_hidden_tests(hid: float) -> None:
    plan = course(lesson("one"), lesson("two", requires=["one"]))
    stored = {"a": graded(results(seen=1, hid=hid))}
    progress = shown_lesson((MIXED,), lesson_progress(key("one"), (MIXED,), stored, started=True))
    because = {each.name: status.because for each, status in decide(plan, {key("one"): progress}).items()}
    assert because == {
        "one": "You reached 100 % of its points; 80 % are needed.",
        "two": "Open because you reached 100 % in One.",
    }


def test_lesson_of_withheld_exercises_says_so() -> None:
    plan = course(lesson("one"), lesson("two", requires=["one"]))
    blank = shown_lesson((UNSEEN,), lesson_progress(key("one"), (UNSEEN,), {}, started=True))
    stored = {"b": graded((TestResult("only", 0, 4.0),), exercise=UNSEEN)}
    done = shown_lesson((UNSEEN,), lesson_progress(key("one"), (UNSEEN,), stored, started=True))
    first = decide(plan, {key("one"): blank})
    then = decide(plan, {key("one"): done})
    assert [status.because for status in first.values()] == [
        "You answered 0 % of it; how the answers did is not shown now.",
        "Opens when you reach 80 % in One (you have 0 %).",
    ]
    assert then[key("one")].because == "You answered its exercises; how they did is not shown now."
    assert then[key("two")].is_open


def test_result_is_shown_without_hidden_tests_reason_and_time() -> None:
    whole = GradingResult(Verdict.GRADED, results(seen=0, hid=0), ("r",), "{}", "timeout", 3.5)
    assert shown_result((MIXED,), whole) == GradingResult(
        Verdict.GRADED, (TestResult("seen", 0, 1.0, "Look."),), ("r",)
    )
    nothing_ran = GradingResult(Verdict.UNGRADABLE, reason="no_json", seconds=0.1)
    assert shown_result((MIXED,), nothing_ran) == nothing_ran
