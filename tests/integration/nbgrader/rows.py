"""A gradebook's rows as values that can be compared: names instead of nbgrader's random ids."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

QUERIES = {
    "course": "SELECT id FROM course",
    "alembic": "SELECT version_num FROM alembic_version",
    "assignment": "SELECT name, duedate, course_id FROM assignment",
    "notebook": "SELECT a.name, n.name, n.kernelspec FROM notebook n JOIN assignment a ON a.id = n.assignment_id",
    "grade_cell": "SELECT n.name, b.name, b.type, g.max_score, g.cell_type FROM grade_cells g "
    "JOIN base_cell b ON b.id = g.id JOIN notebook n ON n.id = b.notebook_id",
    "task_cell": "SELECT n.name, b.name, b.type, g.max_score, g.cell_type FROM task_cells g "
    "JOIN base_cell b ON b.id = g.id JOIN notebook n ON n.id = b.notebook_id",
    "solution_cell": "SELECT n.name, b.name, b.type FROM solution_cells s "
    "JOIN base_cell b ON b.id = s.id JOIN notebook n ON n.id = b.notebook_id",
    "source_cell": "SELECT n.name, s.name, s.cell_type, s.locked, s.source, s.checksum FROM source_cell s "
    "JOIN notebook n ON n.id = s.notebook_id",
    "student": "SELECT id, first_name, last_name, email FROM student",
    "submission": "SELECT a.name, s.student_id, s.timestamp, s.extension FROM submitted_assignment s "
    "JOIN assignment a ON a.id = s.assignment_id",
    "grade": "SELECT s.student_id, n.name, b.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade "
    "FROM grade g JOIN base_cell b ON b.id = g.cell_id JOIN submitted_notebook sn ON sn.id = g.notebook_id "
    "JOIN notebook n ON n.id = sn.notebook_id JOIN submitted_assignment s ON s.id = sn.assignment_id",
    "comment": "SELECT s.student_id, n.name, b.name, c.auto_comment, c.manual_comment "
    "FROM comment c JOIN base_cell b ON b.id = c.cell_id JOIN submitted_notebook sn ON sn.id = c.notebook_id "
    "JOIN notebook n ON n.id = sn.notebook_id JOIN submitted_assignment s ON s.id = sn.assignment_id",
    "submitted_notebook": "SELECT s.student_id, n.name, sn.flagged, sn.late_submission_penalty "
    "FROM submitted_notebook sn JOIN notebook n ON n.id = sn.notebook_id "
    "JOIN submitted_assignment s ON s.id = sn.assignment_id",
}


def gradebook_rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table of a course's gradebook, sorted."""
    with closing(sqlite3.connect(folder / "gradebook.db")) as database:
        return {name: sorted(database.execute(query).fetchall(), key=repr) for name, query in QUERIES.items()}
