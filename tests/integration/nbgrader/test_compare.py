"""Tests of `trailbook grade --compare-nbgrader`: each difference has a reason, or else the exit status tells of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.small_course import KEY, SOLUTION, write_course

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.cli.main import main
from trailbook.domain.rebuild import rebuild

WARNS = "import sys\n\ndef half(n):\n    print('a warning', file=sys.stderr)\n    return n / 2"
FORGES = "class Yes(int):\n    def __eq__(self, other):\n        return True\n\ndef half(n):\n    return Yes(0)"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small course in a folder with a space in its name."""
    return write_course(tmp_path / "a course")


def hand_in(course: Path, answers: dict[str, str]) -> None:
    """Put a notebook with an answer into `submitted/`, by student."""
    source = CourseFilesFolder(course).read_lesson(KEY).notebook or {}
    released = NbgraderStripper(course).strip(source)
    for student, answer in answers.items():
        notebook = rebuild(released, {"half": answer, "why": "Two."})
        if student == "deletes":
            notebook["cells"] = [cell for cell in notebook["cells"] if "half-test" not in str(cell["metadata"])]
        place = course / "submitted" / student / KEY.module
        place.mkdir(parents=True)
        (place / f"{KEY.name}.ipynb").write_text(json.dumps(notebook))


def compared(course: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """Return the differences that the command prints, by learner and cell."""
    assert main(["grade", str(course), "--compare-nbgrader", "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {f"{line['learner']} {line['grade_id']}": line for line in lines}


def test_each_difference_has_its_reason(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.root = '/home/ida/course'\n")
    hand_in(
        course,
        {"honest": SOLUTION, "warns": WARNS, "deletes": SOLUTION, "exits": "import os\nos._exit(0)", "forges": FORGES},
    )

    found = compared(course, capsys)

    assert {name: (line["score"], line["nbgrader_score"], line["reason"]) for name, line in found.items()} == {
        "warns half-test": (2.0, 0.0, "stderr"),
        "deletes half-test": (2.0, None, "repaired"),
        "exits half-test": (0.0, None, "no_verdict"),
        "forges half-test": (0.0, 2.0, "unexplained"),
    }
    assert found["warns half-test"] == {
        "learner": "warns",
        "module": KEY.module,
        "lesson": KEY.name,
        "grade_id": "half-test",
        "score": 2.0,
        "nbgrader_score": 0.0,
        "reason": "stderr",
        "explanation": "the test passed and something wrote to standard error, for which nbgrader takes all points",
    }
    assert "Kernel died" in found["exits half-test"]["explanation"]
    assert {path.name for path in (course / ".trailbook").iterdir()} == {"contracts", "graded"}


def test_a_course_nbgrader_cannot_release_is_said(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, {"honest": SOLUTION})
    (course / "nbgrader_config.py").write_text("raise SystemExit('not today')")

    assert main(["grade", str(course), "--compare-nbgrader"]) == 1

    why = "unexplained: there is no documented reason: SystemExit: not today"
    assert capsys.readouterr().out.splitlines() == [
        f"honest: {KEY} half-test: 2 here, no points in nbgrader; {why}",
        f"honest: {KEY} why: no points here, no points in nbgrader; {why}",
        "2 graded cells compared with nbgrader: 2 differ, 2 unexplained.",
    ]
