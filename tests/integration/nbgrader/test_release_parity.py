"""A release of ours is what `nbgrader generate_assignment` makes, cell by cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderGradebook, NbgraderStripper
from trailbook.domain.course import Course, LessonKey

from .conftest import run_nbgrader
from .rows import gradebook_rows

LESSONS = [LessonKey("ps1", "problem1"), LessonKey("ps1", "problem2")]

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "course101"
c.IncludeHeaderFooter.header = "source/header.ipynb"
c.IncludeHeaderFooter.footer = "source/header.ipynb"
c.ClearSolutions.code_stub = {"python": "# write here\\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "write here"
c.ClearHiddenTests.begin_test_delimeter = "HIDE THIS"
c.ClearHiddenTests.end_test_delimeter = "SHOW AGAIN"
c.LockCells.lock_all_cells = True
"""


def comparable(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a notebook's cells as values: without ids, which nbgrader makes up, and with sources as one text."""
    return [
        {name: "".join(value) if name == "source" else value for name, value in cell.items() if name != "id"}
        for cell in notebook["cells"]
    ]


def release_both_ways(folder: CourseFilesFolder) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return every released notebook by name, ours and nbgrader's."""
    stripper = NbgraderStripper(folder.path)
    ours = {key.name: stripper.strip(folder.read_lesson(key).notebook or {}) for key in LESSONS}
    run_nbgrader(Path(folder.path), "generate_assignment", "ps1")
    release = Path(folder.path) / "release" / "ps1"
    return ours, {key.name: json.loads((release / f"{key.name}.ipynb").read_text()) for key in LESSONS}


@pytest.mark.parametrize("config", ["", CONFIG], ids=["as quickstart has it", "configured otherwise"])
def test_release_equals_nbgraders(folder: CourseFilesFolder, config: str) -> None:
    if config:
        (Path(folder.path) / "nbgrader_config.py").write_text(config)
        hide_a_test(Path(folder.path))
    ours, theirs = release_both_ways(folder)
    for key in LESSONS:
        assert comparable(ours[key.name]) == comparable(theirs[key.name])
        assert ours[key.name]["metadata"] == theirs[key.name]["metadata"]
    if config:
        assert "squares(3)" not in json.dumps(ours)
        assert "write here" in json.dumps(ours)


def test_registered_rows_equal_nbgraders(
    folder: CourseFilesFolder, course: Course, quickstart: Path, tmp_path: Path
) -> None:
    stripper = NbgraderStripper(folder.path)
    sources = {key: stripper.prepare(folder.read_lesson(key).notebook or {}) for key in LESSONS}
    gradebook = NbgraderGradebook(folder.path)
    gradebook.register(course, sources)
    gradebook.register(course, sources)
    ours = gradebook_rows(Path(folder.path))
    (Path(folder.path) / "gradebook.db").unlink()
    run_nbgrader(Path(folder.path), "generate_assignment", "ps1")
    theirs = gradebook_rows(Path(folder.path))
    # nbgrader writes an unused "default_course" beside the course it was told.
    assert ours.pop("course") == [("course101",)]
    theirs.pop("course")
    assert ours == theirs


def hide_a_test(path: Path) -> None:
    """Put a hidden test between the configured markers into a test cell."""
    file = path / "source" / "ps1" / "problem1.ipynb"
    notebook = json.loads(file.read_text())
    cell = next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "correct_squares")
    cell["source"] += ["\n# HIDE THIS\n", "assert squares(3) == [1, 4, 9]\n", "# SHOW AGAIN"]
    file.write_text(json.dumps(notebook))
