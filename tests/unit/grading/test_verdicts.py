"""Tests of points: nbgrader's own function is the measure, and each difference is one that is written down."""

from __future__ import annotations

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import determine_grade
from support.notebooks import answer, check, notebook
from support.runs import Output, died_in, error, printed, ran, returned, timed_out

from trailbook.domain.course import GradingLimits
from trailbook.domain.results import TestResult
from trailbook.domain.runs import CellRun
from trailbook.domain.verdicts import NO_POINTS, Judge, Judged, judge, score_of

LIMITS = GradingLimits()
LESSON = notebook(
    answer("one", "x = 1"),
    check("one-test", "assert x == 1", points=2),
    answer("two", "y = 2"),
    check("two-test", "assert y == 2", points=3),
)
STARTERS = notebook(
    answer("one"), check("one-test", "assert x == 1"), answer("two"), check("two-test", "assert y == 2")
)
ANSWERS = {"one": "x = 1", "two": "y = 2"}


def verdict(*runs: CellRun, stopped: str = "", only: tuple[str, ...] = ()) -> Judged:
    """Return the verdict on a run of the lesson."""
    by_index = {run.index: run for run in runs}
    return judge(LESSON, STARTERS, by_index, stopped=stopped, limits=LIMITS, answers=ANSWERS, only=only)


def scores(judged: Judged) -> list[tuple[str, float]]:
    """Return test and points."""
    return [(test.grade_id, test.score) for test in judged.tests]


outputs = st.lists(
    st.sampled_from([printed("1\n"), error("AssertionError"), error("NameError"), returned("None"), returned("'0.5'")])
    | st.floats(min_value=0, max_value=2).map(lambda number: returned(repr(number)))
    | st.sampled_from(["True", "[1]", "", "x", "1e0", "-1", "nan", "np.float64(0.5)"]).filter(bool).map(returned),
    max_size=4,
)


@given(outputs)
def test_points_are_nbgraders(found: list[Output]) -> None:
    cell = nbformat.from_dict({**check("t", points=2), "id": "t", "outputs": found})

    assert (score_of(found, 2.0), 2.0) == determine_grade(cell)


@pytest.mark.parametrize(
    ("found", "points"),
    [
        ([printed("SyntaxWarning", "stderr")], 2.0),
        ([returned("7")], 2.0),
        ([returned("inf")], 2.0),
    ],
)
def test_points_differ_from_nbgraders_where_they_are_meant_to(found: list[Output], points: float) -> None:
    assert score_of(found, 2.0) == points


def test_a_run_without_errors_has_all_points() -> None:
    assert verdict(ran(0), ran(1), ran(2), ran(3)) == Judged(
        (TestResult("one-test", 2.0, 2.0), TestResult("two-test", 3.0, 3.0)), ""
    )


def test_a_failure_costs_the_points_of_its_test_only() -> None:
    judged = verdict(ran(0), ran(1, error("AssertionError")), ran(2), ran(3))

    assert scores(judged) == [("one-test", 0.0), ("two-test", 3.0)]
    assert judged.reason == ""


def test_an_error_that_was_kept_from_being_shown_is_an_error() -> None:
    silent = CellRun(1, "ok", failed=True, outputs=(), execution_count=2)

    assert scores(verdict(ran(0), silent, ran(2), ran(3))) == [("one-test", 0.0), ("two-test", 3.0)]


def test_a_loop_is_a_reason_and_the_other_exercise_keeps_its_points() -> None:
    judged = verdict(timed_out(0), ran(1, error("NameError")), ran(2), ran(3))

    assert scores(judged) == [("one-test", 0.0), ("two-test", 3.0)]
    assert judged.reason == "timeout"


def test_a_loop_elsewhere_is_no_reason_for_a_test_with_all_its_points() -> None:
    assert verdict(timed_out(0), ran(1, error("NameError")), ran(2), ran(3), only=("two-test",)) == Judged(
        (TestResult("two-test", 3.0, 3.0),), ""
    )


def test_a_test_that_did_not_run_has_no_points_and_the_reason() -> None:
    judged = verdict(ran(0), ran(1), died_in(2), stopped="exit")

    assert scores(judged) == [("one-test", 2.0), ("two-test", 0.0)]
    assert judged.reason == "exit"
    assert "ended Python itself" in judged.tests[1].message


def test_an_empty_run_is_never_a_pass() -> None:
    assert scores(verdict(stopped="timeout")) == [("one-test", 0.0), ("two-test", 0.0)]


def test_memory_that_is_refused_is_a_reason() -> None:
    judged = verdict(ran(0, error("MemoryError")), ran(1, error("NameError")), ran(2), ran(3))

    assert judged.reason == "memory"
    assert "1024 MiB" in judged.tests[0].message


def test_an_empty_test_cannot_fail() -> None:
    lesson = notebook(answer("one"), check("one-test", " \n", points=2))

    judged = judge(lesson, lesson, {}, stopped="", limits=LIMITS, answers={"one": "x = 1"})

    assert judged.tests == (TestResult("one-test", 2.0, 2.0),)


@pytest.mark.parametrize(
    ("value", "points"), [(1.5, 1.5), (0.0, 0.0), (-1.0, 0.0), (1e9, 0.0), (float("nan"), 0.0), (None, 0.0)]
)
def test_what_is_no_points_is_none_where_the_reference_had_partial_credit(value: float | None, points: float) -> None:
    judge = Judge(LESSON, STARTERS, limits=LIMITS, answers=ANSWERS, numbers=["one-test"])
    run = CellRun(1, "ok", failed=False, outputs=(), apart=True, value=value)
    test = judge.judge_test("one-test", {0: ran(0), 1: run})

    assert test.score == points
    assert (test.message == NO_POINTS) == (points != value)
