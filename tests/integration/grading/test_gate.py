"""Tests of the release gate: reference solutions and blank lessons go the way of any answer, and authors hear of it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from support.notebooks import answer, check, code, notebook

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.adapters.sandbox import SandboxGrader
from trailbook.domain.errors import Unavailable
from trailbook.domain.results import Mode
from trailbook.services.check import CheckReport
from trailbook.services.check import check as check_course
from trailbook.services.gate import TriedTest

SOLUTION = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
DOUBLE = SOLUTION.format("def double(n):\n    return n * 2")
TOGETHER_ONLY = "assert id(double) == number"  # the tester's object is another
NUMBERED = SOLUTION.format("def double(n):\n    return n * 2\nnumber = id(double)")
TRUSTING = SOLUTION.format("class Money:\n    def __eq__(self, other):\n        return True")


def tagged(cell: dict[str, object]) -> dict[str, object]:
    """Return a test cell that its author declared to run in the learner's process."""
    metadata = cell["metadata"]
    assert isinstance(metadata, dict)
    return {**cell, "metadata": {**metadata, "tags": ["in-process"]}}


LESSONS = {
    "good": (answer("double", DOUBLE), check("t", "assert double(2) == 4", points=2)),
    "wrong": (answer("double", SOLUTION.format("def double(n):\n    return n")), check("t", "assert double(2) == 4")),
    "free": (answer("double", DOUBLE), check("t", "assert 1 + 1 == 2", points=3)),
    "together": (answer("double", NUMBERED), check("t", TOGETHER_ONLY)),
    "declared": (answer("double", NUMBERED), tagged(check("t", TOGETHER_ONLY))),
    "trusting": (answer("money", TRUSTING), check("t", "assert Money() == Money()")),
}


def checked(grader: SandboxGrader, folder: Path, *names: str, rule: str = "declared") -> CheckReport:
    """Check a course of some of the lessons."""
    (folder / "source" / "ps1").mkdir(parents=True)
    for name in names:
        (folder / "source" / "ps1" / f"{name}.ipynb").write_text(
            json.dumps(notebook(code("import os"), *LESSONS[name]))
        )
    modules = [{"name": "ps1", "lessons": [{"name": name} for name in names]}]
    manifest = {"name": "c", "title": "C", "grading": {"in_process": rule, "memory_mib": 256}, "modules": modules}
    (folder / "course.yaml").write_text(yaml.safe_dump(manifest))
    return check_course(CourseFilesFolder(folder), NbgraderStripper(folder), grader=grader)


def said(report: CheckReport) -> list[tuple[str, str, bool]]:
    """Return lesson, code and whether it is a warning, of what was found."""
    return [
        (problem.file.removeprefix("source/ps1/").removesuffix(".ipynb"), problem.code, problem.warning)
        for problem in report.problems
    ]


def test_each_lesson_is_tried_and_what_is_wrong_is_said(grader: SandboxGrader, tmp_path: Path) -> None:
    report = checked(grader, tmp_path, *LESSONS)

    assert said(report) == [
        ("wrong", "reference_fails", False),
        ("free", "blank_passes", False),
        ("together", "not_apart", False),
        ("declared", "can_be_forged", True),
        ("trusting", "trusts_answer", True),
    ]
    ready = {lesson.key.name: lesson for lesson in report.lessons}
    assert sorted(ready) == ["declared", "good", "trusting"]
    assert ready["good"].tests == (TriedTest("t", Mode.SEPARATE, 2.0, 2.0),)
    assert ready["declared"].tests == (TriedTest("t", Mode.IN_PROCESS, 1.0, 1.0),)
    assert ready["trusting"].tests[0].trusts != ()
    assert all(lesson.contract for lesson in ready.values())


def test_a_course_can_forbid_tests_in_the_learners_process(grader: SandboxGrader, tmp_path: Path) -> None:
    report = checked(grader, tmp_path, "good", "declared", "together", rule="forbidden")

    assert [each for each in said(report) if not each[2]] == [
        ("declared", "not_apart", False),
        ("declared", "in_process_forbidden", False),
        ("together", "not_apart", False),
    ]
    assert "Rewrite it as" in report.problems[0].message
    assert [lesson.key.name for lesson in report.lessons] == ["good"]


def test_a_course_can_let_the_gate_find_which_tests_run_there(grader: SandboxGrader, tmp_path: Path) -> None:
    report = checked(grader, tmp_path, "good", "together", rule="automatic")

    assert said(report) == [("together", "can_be_forged", True)]
    assert [test.mode for lesson in report.lessons for test in lesson.tests] == [Mode.SEPARATE, Mode.IN_PROCESS]


@pytest.mark.parametrize(("rule", "passes"), [("declared", True), ("forbidden", False)])
def test_without_a_sandbox_nothing_is_tried_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str, passes: bool
) -> None:
    def refuse(wanted: object) -> None:
        raise Unavailable("no_sandbox", "There is no sandbox here.")

    monkeypatch.setattr("trailbook.adapters.sandbox.grader.choose_tier", refuse)
    with closing(SandboxGrader()) as grader:
        report = checked(grader, tmp_path, "wrong", rule=rule)

    assert ([problem.code for problem in report.problems], report.passed) == (["not_tried"], passes)
