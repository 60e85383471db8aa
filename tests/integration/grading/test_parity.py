"""Tests that honest work on nbgrader's own quickstart course gets what `nbgrader autograde` gives it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from trailbook.cli.main import main
from trailbook.domain.notebook import grade_cells

Row = tuple[str, float | None, float, bool]
"""Cell, automatic score, points to be had, and whether a person must look."""


def nbgrader(folder: Path, *arguments: str) -> None:
    """Run an nbgrader command in a folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def change(path: Path, changes: dict[str, Callable[[str], str]]) -> None:
    """Change the answers in a notebook."""
    notebook = json.loads(path.read_text())
    for cell in grade_cells(notebook):
        if cell.grade_id in changes:
            notebook["cells"][cell.index]["source"] = changes[cell.grade_id](cell.source)
    path.write_text(json.dumps(notebook))


def rows(course: Path) -> dict[str, dict[str, list[Row]]]:
    """Return what the gradebook says, by student and notebook."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            submission.student_id: {
                notebook.name: sorted(
                    (grade.name, grade.auto_score, grade.max_score, grade.needs_manual_grade)
                    for grade in notebook.grades
                )
                for notebook in sorted(submission.notebooks, key=lambda each: each.name)
            }
            for submission in sorted(gradebook.assignment_submissions("ps1"), key=lambda each: each.student_id)
        }


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """nbgrader's quickstart course, released, with a solved, a blank, a wrong and an unfinished submission."""
    place = tmp_path_factory.mktemp("a parity")
    nbgrader(place, "quickstart", "theirs")
    course = place / "theirs"
    nbgrader(course, "generate_assignment", "ps1")
    for student, folder in {"solved": "source", "blank": "release", "wrong": "source", "unfinished": "source"}.items():
        shutil.copytree(course / folder / "ps1", course / "submitted" / student / "ps1")
    wrong = {
        "squares": lambda source: source.replace("i ** 2", "i ** 3"),
        "sum_of_squares": lambda source: source.replace("sum(squares(n))", "n * (n + 1) * (2 * n + 1) // 6"),
        "sum_of_squares_equation": lambda source: "I do not know",
    }
    change(course / "submitted" / "wrong" / "ps1" / "problem1.ipynb", wrong)
    unfinished = {
        "squares": lambda source: "def squares(n):\n    return [",
        "sum_of_squares_application": lambda source: "# later",
    }
    change(course / "submitted" / "unfinished" / "ps1" / "problem1.ipynb", unfinished)
    return course


def test_honest_work_gets_what_nbgrader_gives_it(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = shutil.copytree(course, course.with_name("ours"))
    assert main(["init", str(ours)]) == 0

    nbgrader(course, "autograde", "ps1")
    assert main(["grade", str(ours), "--jobs", "2"]) == 0

    expected = rows(course)
    assert rows(ours) == expected
    assert {student: points(books) for student, books in expected.items()} == {
        "blank": 0.0,
        "solved": 3.0,
        "unfinished": 0.0,
        "wrong": 1.5,
    }


def points(books: dict[str, list[Row]]) -> float:
    """Return the sum of the automatic scores."""
    return sum(score or 0.0 for book in books.values() for _, score, _, _ in book)


def test_nbgraders_own_tools_read_what_we_wrote(course: Path) -> None:
    ours = course.with_name("ours")

    nbgrader(ours, "generate_feedback", "ps1", "--student", "solved")
    nbgrader(ours, "export")

    assert (ours / "feedback" / "solved" / "ps1" / "problem1.html").exists()
    assert "solved" in (ours / "grades.csv").read_text()
