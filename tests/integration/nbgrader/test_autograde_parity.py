"""Grading a folder writes the rows that `nbgrader autograde` writes, for everything nbgrader grades."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from trailbook.cli.main import main

from .conftest import run_nbgrader
from .everything import MODULE, OLD, SOURCES, hand_in, write_sources
from .rows import gradebook_rows

SOLVED = {"double": "def double(n):\n    return 2 * n", "slow": "ready = 1"}
DUE = datetime(2026, 3, 1, 12)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course, released by nbgrader and graded by both: `ours` beside it is Trailbook's."""
    folder = tmp_path_factory.mktemp("a parity") / "theirs"
    write_sources(folder, SOURCES)
    run_nbgrader(folder, "generate_assignment", MODULE)
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(MODULE, duedate=DUE)
    by_hand = {"why": "Since 1.", "plot": "print('mine')", "end": "end = 3"}
    full = {"code": SOLVED, "partial": {"value": "value = 8"}, "by hand": by_hand}
    hand_in(folder, "full marks", full, timestamp="2026-03-01 11:59:59 UTC")
    hand_in(folder, "blank", {lesson: {} for lesson in SOURCES}, timestamp="2026-03-01 09:00:00 EST")
    wrong = {"double": "def double(n):\n    return n + 2 if n > 0 else 2 * n + 1", "slow": "while True:\n    pass"}
    hand_in(folder, "wrong, late", {"code": wrong, "partial": {"value": "value = 2"}, "by hand": {"end": "end = 2"}},
            timestamp="2026-03-01 12:00:01.5 UTC")  # fmt: skip
    broken = {"double": "def double(n:\n    return", "slow": "1 / 0\nready = 1"}
    hand_in(folder, "broken", {"code": broken, "partial": {"value": "raise SystemExit"}}, timestamp="2026-03-09 1:00")
    shutil.copytree(folder, folder.with_name("ours"))
    run_nbgrader(folder, "autograde", MODULE)
    assert main(["grade", str(folder.with_name("ours")), "--jobs", "2"]) == 0
    return folder


TABLES = ("student", "submission", "submitted_notebook", "grade", "comment", "grade_cell", "task_cell", "source_cell")


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_nbgraders(course: Path, table: str) -> None:
    ours, theirs = gradebook_rows(course.with_name("ours"))[table], gradebook_rows(course)[table]

    assert [row for row in ours if row not in theirs] == [row for row in theirs if row not in ours] == []
    assert len(ours) == len(theirs) > 0


def test_points_are_what_they_are_meant_to_be(course: Path) -> None:
    grades = {(row[0], row[2]): row[3] for row in gradebook_rows(course.with_name("ours"))["grade"]}

    assert [grades["full marks", f"returned-{number}"] for number in range(17)] == [
        *(0.5, 1.0, 0.0, 2.0, 2.0, 2.0, 2.0),
        *(2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, 2.0, 2.0, 2.0),
    ]
    assert [grades["wrong, late", name] for name in ("double-test", "double-hidden", "slow-test")] == [2.0, 0.0, 0.0]
    penalties = {row[:2]: row[3] for row in gradebook_rows(course.with_name("ours"))["submitted_notebook"]}
    assert penalties["full marks", "code"] is None
    assert penalties["wrong, late", "code"] == 2.0


def test_files_are_nbgraders(course: Path) -> None:
    assert files_of(course.with_name("ours") / "autograded") == files_of(course / "autograded")


def test_executed_notebooks_have_what_nbgrader_notes_of_each_cell(course: Path) -> None:
    for lesson in SOURCES:
        ours, theirs = (
            marks_of(folder / "autograded" / "full marks" / MODULE / f"{lesson}.ipynb")
            for folder in (course.with_name("ours"), course)
        )
        assert ours == theirs


def marks_of(path: Path) -> list[tuple[str, Any]]:
    """Return type and nbgrader's metadata of each cell of a notebook."""
    return [(cell["cell_type"], cell["metadata"].get("nbgrader")) for cell in json.loads(path.read_text())["cells"]]


def files_of(folder: Path) -> set[str]:
    """Return the relative path of every file."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_manual_scores_and_comments_outlive_a_regrade(course: Path) -> None:
    ours = shutil.copytree(course.with_name("ours"), course.with_name("regraded"))
    with Gradebook(f"sqlite:///{ours}/gradebook.db") as gradebook:
        where = ("by hand", MODULE, "full marks")
        plot = gradebook.find_grade("plot", *where)
        plot.manual_score, plot.extra_credit, plot.needs_manual_grade = 1.5, 0.25, False
        gradebook.find_comment("plot", *where).manual_comment = "Neat."
        gradebook.db.commit()

    assert main(["grade", str(ours)]) == 0

    with Gradebook(f"sqlite:///{ours}/gradebook.db") as gradebook:
        plot = gradebook.find_grade("plot", *where)
        assert (plot.manual_score, plot.extra_credit, plot.score, plot.needs_manual_grade) == (1.5, 0.25, 1.75, True)
        assert gradebook.find_comment("plot", *where).comment == "Neat."
        assert gradebook.find_submission_notebook(*where).score == 0.5 + 1.75


def test_notebooks_of_every_metadata_version_are_graded(tmp_path: Path) -> None:
    write_sources(tmp_path / "theirs", OLD)
    shutil.copytree(tmp_path / "theirs", tmp_path / "ours")
    run_nbgrader(tmp_path / "theirs", "update", ".")
    run_nbgrader(tmp_path / "theirs", "generate_assignment", MODULE)
    for name in OLD:
        hand_in(tmp_path / "theirs", name, {name: SOLVED})
    shutil.copytree(tmp_path / "theirs" / "submitted", tmp_path / "ours" / "submitted")
    run_nbgrader(tmp_path / "theirs", "autograde", MODULE)

    assert main(["grade", str(tmp_path / "ours")]) == 0

    ours, theirs = gradebook_rows(tmp_path / "ours"), gradebook_rows(tmp_path / "theirs")
    assert ours["grade"] == theirs["grade"]
    assert ours["source_cell"] == theirs["source_cell"]
    assert totals(ours["grade"]) == {"old 0": 6.0, "old 1": 6.0, "old 2": 6.0}


def totals(grades: list[tuple[Any, ...]]) -> dict[str, float]:
    """Return each student's points."""
    found: dict[str, float] = {}
    for student, _, _, score, *_ in grades:
        found[student] = found.get(student, 0.0) + (score or 0.0)
    return found
