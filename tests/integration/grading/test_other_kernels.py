"""Tests of lessons in other languages: graded by their real kernel in a sandbox, and shown as forgeable."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import calculator_kernel
from support.notebooks import answer, check, code, notebook

from trailbook.adapters.sandbox import SandboxGrader
from trailbook.domain.course import GradingLimits, InProcess
from trailbook.domain.errors import Unavailable
from trailbook.domain.results import GradingResult, Mode
from trailbook.services.ports import LessonToGrade

NAME = "trailbook-test-calculator"
LIMITS = GradingLimits(cell_timeout_seconds=3, total_timeout_seconds=20, memory_mib=256)


def in_language(kernel: str, language: str) -> dict[str, Any]:
    """Return the lesson for a kernel."""
    cells = notebook(
        code("let two 2"),
        answer("half", "let half 1"),
        check("half-test", "expect two 2\nexpect half 1", points=2),
        answer("part", "let part 0.5"),
        check("part-test", "show part"),
    )
    return {**cells, "metadata": {"kernelspec": {"name": kernel, "display_name": kernel, "language": language}}}


SOURCE = in_language(NAME, "calculator")
LESSON = LessonToGrade(SOURCE, SOURCE, {}, LIMITS)


@pytest.fixture(scope="module", autouse=True)
def kernel() -> Iterator[None]:
    """Install the calculator's kernel where every Python of this environment finds it, for as long as the tests run."""
    folder = Path(sys.prefix) / "share" / "jupyter" / "kernels" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(calculator_kernel.__file__, folder / "kernel.py")
    argv = [sys.executable, "{resource_dir}/kernel.py", "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "Calculator", "language": "calculator"})
    )
    yield
    shutil.rmtree(folder)


def results(result: GradingResult) -> list[tuple[str, float, Mode]]:
    """Return points and mode by test."""
    return [(test.grade_id, test.score, test.mode) for test in result.tests]


def test_its_own_kernel_grades_it_and_the_mode_says_so(grader: SandboxGrader) -> None:
    right = grader.grade(LESSON, {"half": "let half 1", "part": "let part 0.5"})
    wrong = grader.grade(LESSON, {"half": "let half 3", "part": "let it be"})

    assert results(right) == [("half-test", 2.0, Mode.KERNEL), ("part-test", 0.5, Mode.KERNEL)]
    assert results(wrong) == [("half-test", 0.0, Mode.KERNEL), ("part-test", 0.0, Mode.KERNEL)]
    assert wrong.tests[0].message == "The test stopped with CalculatorError: half is 3.0, not 1"


def test_its_loops_end_too(grader: SandboxGrader) -> None:
    result = grader.grade(replace(LESSON), {"half": "loop"}, only=("half-test",))

    assert (results(result), result.reason) == ([("half-test", 0.0, Mode.KERNEL)], "timeout")


def test_the_gate_says_that_all_of_its_tests_can_be_forged(grader: SandboxGrader) -> None:
    recording = grader.record(LESSON, declared=(), rule=InProcess.DECLARED)

    assert recording.in_process == ("half-test", "part-test")
    assert recording.apart == ()
    assert results(recording.reference) == [("half-test", 2.0, Mode.KERNEL), ("part-test", 0.5, Mode.KERNEL)]


def test_a_kernel_that_is_not_here_is_a_fault_of_the_grading_not_of_the_answer(grader: SandboxGrader) -> None:
    source = in_language("no-such-kernel", "nonsense")

    with pytest.raises(Unavailable, match="no-such-kernel is not installed here"):
        grader.grade(LessonToGrade(source, source, {}, LIMITS), {})


def test_a_python_lesson_can_ask_for_its_kernel(grader: SandboxGrader) -> None:
    cells = notebook(answer("f", "def f(): return 1"), check("t", "assert f() == 1"))
    source = {**cells, "metadata": {**cells["metadata"], "trailbook": {"grading": "kernel"}}}

    result = grader.grade(LessonToGrade(source, source, {}, LIMITS), {"f": "def f(): return 1"})

    assert results(result) == [("t", 1.0, Mode.KERNEL)]
