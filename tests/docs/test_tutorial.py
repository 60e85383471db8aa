"""The tutorial works: its cells make a lesson, its lines a manifest, and its commands print what it shows."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest

from .console import Step, run_step, steps_of

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial" / "first-course.md").read_text(encoding="utf-8")
PART = re.compile(r"<!-- (?P<kind>cell|file): (?P<name>\S+) -->\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ROLES = {
    "answer": {"grade_id": "share", "solution": True, "grade": False, "locked": False},
    "tests": {"grade_id": "share-tests", "solution": False, "grade": True, "locked": True, "points": 2},
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a terminal: our commands first, and a state folder of its own."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "TRAILBOOK_STATE_FOLDER": str(tmp_path / "state")}


@pytest.fixture
def course(tmp_path: Path, environment: Mapping[str, str]) -> Path:
    """Return the course folder as the demo makes it."""
    folder = tmp_path / "first-course"
    made = run_step(Step(f"trailbook new first-course '{folder}'", ""), folder=tmp_path, environment=environment)
    assert made == ""
    return folder


def test_the_tutorials_lesson_is_checked_and_released(course: Path, environment: Mapping[str, str]) -> None:
    complaints = []
    for action in re.split(r"(?<!-->\n)(?=^```console|^<!-- (?:cell|file|not run): )", PAGE, flags=re.MULTILINE):
        do_by_hand(action, course)
        complaints += [run_step(step, folder=course, environment=environment) for step in steps_of(action)]

    assert [complaint for complaint in complaints if complaint] == []
    assert len(complaints) == 4
    released = (course / "release/monday-report/05-share.ipynb").read_text(encoding="utf-8")
    assert "three quarters" in released
    assert "0.25" not in released
    assert "sum(totals.values())" not in released


def do_by_hand(action: str, course: Path) -> None:
    """Do what the reader does in JupyterLab: write a cell and say what it is, or add lines to a file."""
    part = PART.match(action)
    if part is None:
        return
    if part["kind"] == "file":
        with (course / part["name"]).open("a", encoding="utf-8") as file:
            file.write(part["text"])
        return
    notebook = course / "source/monday-report/05-share.ipynb"
    if notebook.exists():
        lesson = nbformat.read(notebook, as_version=4)
    else:
        lesson = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    if part["name"] == "text":
        cell = nbformat.v4.new_markdown_cell(part["text"].rstrip())
    else:
        role = {"schema_version": 3, "task": False, "cell_type": "code", **ROLES[part["name"]]}
        cell = nbformat.v4.new_code_cell(part["text"].rstrip(), metadata={"nbgrader": role})
    lesson.cells.append(cell)
    nbformat.write(lesson, notebook)
