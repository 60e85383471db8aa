"""Tests of what an author hears of the trial of a lesson."""

from __future__ import annotations

import json

import pytest
from support.notebooks import answer, check, notebook

from trailbook.domain.course import InProcess
from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.release_gate import Trial, trial_problems, unsolved_cells
from trailbook.domain.results import Mode, TestResult

EXERCISE = Exercise("a", ExerciseKind.CODE, "A", ("a",), ("t",), 2.0)


def result(score: float, mode: Mode = Mode.SEPARATE) -> dict[str, TestResult]:
    """Return the outcome of the test."""
    return {"t": TestResult("t", score, 2.0, "" if score == 2.0 else "It failed.", mode)}


def said(
    trial: Trial, *, rule: InProcess = InProcess.DECLARED, unsolved: tuple[str, ...] = ()
) -> list[tuple[str, str, bool]]:
    """Return code, cell and whether it is a warning."""
    problems = trial_problems(trial, [EXERCISE], unsolved=unsolved, rule=rule, lesson="m/l")
    return [(problem.code, problem.cell, problem.warning) for problem in problems]


@pytest.mark.parametrize(
    ("reference", "blank", "expected"),
    [
        (2.0, 0.0, []),
        (1.0, 0.0, [("reference_fails", "t", False)]),
        (2.0, 2.0, [("blank_passes", "a", False)]),
        (2.0, 0.5, [("blank_scores", "a", True)]),
        (0.0, 2.0, [("reference_fails", "t", False), ("blank_passes", "a", False)]),
    ],
)
def test_reference_and_blank(reference: float, blank: float, expected: list[tuple[str, str, bool]]) -> None:
    assert said(Trial(result(reference), result(blank))) == expected


def test_without_a_solution_a_reference_that_fails_is_a_warning() -> None:
    found = said(Trial(result(0.0), result(0.0)), unsolved=("a",))

    assert found == [("no_reference", "a", True), ("reference_fails", "t", True)]


def test_the_author_reads_what_the_test_stopped_with() -> None:
    error = {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero", "traceback": []}
    executed = json.dumps(notebook(answer("a"), {**check("t"), "outputs": [error]}))

    (problem,) = trial_problems(
        Trial(result(0.0), result(0.0), executed), [EXERCISE], unsolved=(), rule=InProcess.DECLARED, lesson="m/l"
    )

    assert problem.message == (
        "The reference solution gets 0 of 2 points in this test (ZeroDivisionError: division by zero). "
        "Mend the solution or the test."
    )
    assert problem.file == "source/m/l.ipynb"


@pytest.mark.parametrize(
    ("rule", "mode", "declared", "expected"),
    [
        (InProcess.DECLARED, Mode.IN_PROCESS, ["t"], [("can_be_forged", "t", True)]),
        (InProcess.AUTOMATIC, Mode.IN_PROCESS, [], [("can_be_forged", "t", True)]),
        (InProcess.DECLARED, Mode.KERNEL, [], [("can_be_forged", "t", True)]),
        (InProcess.FORBIDDEN, Mode.KERNEL, [], [("kernel_forbidden", "t", False)]),
        (InProcess.DECLARED, Mode.SEPARATE, ["x"], [("unknown_test", "", False), ("can_be_forged", "t", True)]),
    ],
)
def test_what_can_be_forged(
    rule: InProcess, mode: Mode, declared: list[str], expected: list[tuple[str, str, bool]]
) -> None:
    trial = Trial(result(2.0, mode), result(0.0), in_process=["t"], declared=declared)

    assert sorted(said(trial, rule=rule), key=lambda each: each[1]) == expected


def test_a_declared_test_is_refused_where_that_is_forbidden() -> None:
    trial = Trial(result(2.0), result(0.0), declared=["t"])

    assert said(trial, rule=InProcess.FORBIDDEN) == [("in_process_forbidden", "t", False)]


@pytest.mark.parametrize("rule", list(InProcess))
def test_a_test_that_does_not_work_apart_says_what_to_do(rule: InProcess) -> None:
    why = {"t": "It stopped in line 1 with TypeError: no"}

    (problem,) = trial_problems(
        Trial(result(0.0), result(0.0), why_not_apart=why), [EXERCISE], unsolved=(), rule=rule, lesson="m/l"
    )

    assert (problem.code, problem.warning) == ("not_apart", False)
    assert "TypeError: no. Rewrite it" in problem.message
    assert ("declare it" in problem.message) is (rule is not InProcess.FORBIDDEN)


def test_methods_that_decide_are_named() -> None:
    trial = Trial(result(2.0), result(0.0), trusts={"t": ["Money.__eq__"]})

    assert said(trial) == [("trusts_answer", "t", True)]


def test_an_answer_that_is_what_learners_start_with_is_no_solution() -> None:
    source = notebook(answer("a", "x = 1"), answer("free", "y = 1"), check("t"))

    assert unsolved_cells(source, source, [EXERCISE]) == ["a"]
    assert unsolved_cells(source, notebook(answer("a", "x = ..."), *source["cells"][1:]), [EXERCISE]) == []
