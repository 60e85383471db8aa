"""Tests of what a course says of its gradings: packages, data, limits, seeds, and results told one by one."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support.notebooks import answer, check, code, notebook

from trailbook.adapters.sandbox import SandboxGrader
from trailbook.domain.course import GradingLimits, InProcess
from trailbook.domain.results import GradingResult, TestResult
from trailbook.services.ports import LessonToGrade

LIMITS = GradingLimits(cell_timeout_seconds=10, total_timeout_seconds=30, memory_mib=256)
SOURCE = notebook(
    code("import numpy"),
    answer("mean", "def mean(numbers):\n    return sum(numbers) / len(numbers)"),
    check("mean-test", "assert mean([1, 3]) == 2"),
    check("mean-hidden", "### BEGIN HIDDEN TESTS\nassert mean([4, 7]) == 5.5\n### END HIDDEN TESTS"),
    answer("total", "def total(numbers):\n    return sum(numbers)"),
    check("total-test", "assert total([1, 3]) == 4, 'the sum of 1 and 3 is 4'"),
)
LESSON = LessonToGrade(SOURCE, SOURCE, {}, LIMITS)
RIGHT = {cell["metadata"]["nbgrader"]["grade_id"]: cell["source"] for cell in (SOURCE["cells"][1], SOURCE["cells"][4])}


def scores(result: GradingResult) -> dict[str, float]:
    """Return the points by test."""
    return {test.grade_id: test.score for test in result.tests}


@pytest.fixture(scope="module")
def lesson(grader: SandboxGrader) -> LessonToGrade:
    """The lesson as it is after its release."""
    return replace(LESSON, contract=grader.record(LESSON, declared=(), rule=InProcess.FORBIDDEN).contract)


def test_an_answer_that_imports_another_package_is_told_and_not_run(
    grader: SandboxGrader, lesson: LessonToGrade
) -> None:
    strict = replace(lesson, packages={"mean": ("math", "statistics")}, files={"helper.py": b""})
    foreign = "import math, numpy as np\nfrom json import dumps\n"

    result = grader.grade(strict, {"mean": foreign + RIGHT["mean"], "total": "import json\n" + RIGHT["total"]})

    assert scores(result) == {"mean-test": 0.0, "mean-hidden": 0.0, "total-test": 1.0}
    message = "This exercise may import only math and statistics. Remove: import json, numpy."
    assert [test.message for test in result.tests] == [message, message, ""]
    assert scores(grader.grade(strict, {**RIGHT, "mean": "import math, helper\n" + RIGHT["mean"]}))["mean-test"] == 1.0


def test_an_exercise_may_import_nothing(grader: SandboxGrader, lesson: LessonToGrade) -> None:
    result = grader.grade(replace(lesson, packages={"mean": ()}), {**RIGHT, "mean": "import os\n" + RIGHT["mean"]})

    assert result.tests[0].message == "This exercise may import nothing. Remove: import os."


def test_data_lies_beside_the_notebook_and_cannot_be_changed(
    grader: SandboxGrader, lesson: LessonToGrade, tmp_path: Path
) -> None:
    (tmp_path / "numbers.txt").write_text("1 2")
    with_data = replace(lesson, data={"data/big": str(tmp_path)})
    reads = "numbers = open('data/big/numbers.txt').read()\nassert numbers == '1 2'\n"
    writes = "try:\n    open('data/big/numbers.txt', 'w')\nexcept OSError:\n    pass\nelse:\n    1 / 0\n"

    assert scores(grader.grade(with_data, {**RIGHT, "mean": reads + writes + RIGHT["mean"]}))["mean-test"] == 1.0
    assert (tmp_path / "numbers.txt").read_text() == "1 2"
    assert scores(grader.grade(lesson, {**RIGHT, "mean": reads + RIGHT["mean"]}))["mean-test"] == 0.0


def test_the_same_seed_draws_the_same_and_another_draws_other_numbers(
    grader: SandboxGrader, lesson: LessonToGrade
) -> None:
    draws = (
        "import os, random\nimport numpy\nprint(os.environ['TRAILBOOK_SEED'], random.random(), numpy.random.rand())\n"
    )

    def drawn(seed: str) -> str:
        executed = json.loads(grader.grade(lesson, {**RIGHT, "mean": draws + RIGHT["mean"]}, seed=seed).autograded)
        text: str = executed["cells"][1]["outputs"][0]["text"]
        return text

    one, again, other = drawn("attempt 1"), drawn("attempt 1"), drawn("attempt 2")

    assert one == again
    assert one.startswith("attempt 1 ")
    assert set(one.split()[2:]).isdisjoint(other.split()[2:])


@pytest.mark.parametrize("stubborn", ["", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"])
def test_an_endless_loop_ends_at_its_exercises_own_limit(
    grader: SandboxGrader, lesson: LessonToGrade, stubborn: str
) -> None:
    quick = replace(lesson, limits=replace(LIMITS, cell_timeout_seconds=1))
    grader.grade(quick, RIGHT)
    started = time.monotonic()

    result = grader.grade(quick, {**RIGHT, "mean": f"{stubborn}while True:\n    pass"}, only=("mean-test",))

    assert (scores(result), result.reason) == ({"mean-test": 0.0}, "timeout")
    assert time.monotonic() - started < 1.5 + 1.0 * (os.getloadavg()[0] > 2)  # others may use the processors as well


def test_each_result_is_told_as_its_test_ends(grader: SandboxGrader, lesson: LessonToGrade) -> None:
    told: list[tuple[TestResult, float]] = []
    slow = {**RIGHT, "total": f"import time\ntime.sleep(1)\n{RIGHT['total']}"}

    result = grader.grade(lesson, slow, on_test=lambda test: told.append((test, time.monotonic())))

    assert tuple(test for test, _ in told) == result.tests
    assert told[2][1] - told[1][1] >= 1.0
    assert told[1][1] - told[0][1] < 1.0


def test_results_are_told_of_tests_that_never_ran(grader: SandboxGrader, lesson: LessonToGrade) -> None:
    told: list[TestResult] = []

    result = grader.grade(lesson, {**RIGHT, "mean": "import os\nos._exit(0)"}, on_test=told.append)

    assert tuple(told) == result.tests
    assert {test.score for test in told} == {0.0}


def test_a_visible_test_after_a_hidden_one_quotes_nothing_of_the_hidden_run(grader: SandboxGrader) -> None:
    source = notebook(
        answer("f", "def f(n):\n    return n"),
        check("hidden", "### BEGIN HIDDEN TESTS\nassert f(90210) == 90210\n### END HIDDEN TESTS"),
        check("seen", "assert f(1) == 1, f'{f(1)} is not 1'"),
    )
    released = notebook(source["cells"][0], {**source["cells"][1], "source": ""}, source["cells"][2])
    steals = "seen = []\ndef f(n):\n    seen.append(n)\n    return n if n > 1000 else str(seen)"

    result = grader.grade(LessonToGrade(source, released, {}, LIMITS), {"f": steals})

    assert [test.score for test in result.tests] == [1.0, 0.0]
    assert result.tests[1].message == "[1, 1] is not 1"  # of a run in which there is no hidden test
    assert "90210" not in repr(result.tests)
