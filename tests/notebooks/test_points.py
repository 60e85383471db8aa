"""nbgrader's own verdict on the first course: solved, it earns every point a test can give; blank, none."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from .conftest import run_tool

MODULE = "monday-report"


def test_solved_lessons_earn_every_point_and_blank_ones_none(first_course: Path) -> None:
    generated = run_tool("nbgrader", "generate_assignment", MODULE, "--create", cwd=first_course)
    assert generated.returncode == 0, generated.stderr
    for learner, state in [("solved", "source"), ("blank", "release")]:
        shutil.copytree(first_course / state / MODULE, first_course / "submitted" / learner / MODULE)

    graded = run_tool("nbgrader", "autograde", MODULE, cwd=first_course)

    assert graded.returncode == 0, graded.stderr
    assert read_scores(first_course) == {
        ("solved", "01-one-line"): (6, 6, False),
        ("solved", "02-totals"): (5, 5, False),
        ("solved", "03-one-big-order"): (4, 4, False),
        ("solved", "04-answer-dana"): (4, 8, True),  # four points wait for a person
        ("blank", "01-one-line"): (0, 6, False),
        ("blank", "02-totals"): (0, 5, False),
        ("blank", "03-one-big-order"): (0, 4, False),
        ("blank", "04-answer-dana"): (0, 8, False),
    }


def read_scores(course: Path) -> dict[tuple[str, str], tuple[float, float, bool]]:
    """Return points, maximum and "a person must look" of each learner's lesson, as the gradebook has them."""
    query = """
        SELECT submitted_assignment.student_id, notebook.name, sum(coalesce(grade.auto_score, 0)),
               sum(grade_cells.max_score), max(grade.needs_manual_grade)
        FROM grade
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        JOIN notebook ON notebook.id = submitted_notebook.notebook_id
        JOIN grade_cells ON grade_cells.id = grade.cell_id
        GROUP BY submitted_notebook.id
    """
    with closing(sqlite3.connect(course / "gradebook.db")) as gradebook:
        return {
            (learner, lesson): (score, most, bool(by_person))
            for learner, lesson, score, most, by_person in gradebook.execute(query)
        }
