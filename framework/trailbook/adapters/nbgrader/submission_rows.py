"""The rows of one learner's submission in nbgrader's tables, read and written in few statements.

nbgrader's own objects ask the database for each cell; a class's batch has thousands of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Connection, insert, select, update

from trailbook.domain.course import LessonKey
from trailbook.services.scores import Scores


@dataclass(frozen=True)
class SubmissionRows:
    """Where one learner's work on one lesson stands in the gradebook.

    Attributes
    ----------
    submitted_notebook
        Id of the row of this lesson.
    seconds_late
        After the due date with the learner's extension; 0 without a due date or a time of submission.
    """

    submitted_notebook: str
    seconds_late: float


def open_rows(
    connection: Connection, lesson: LessonKey, student: str, *, timestamp: datetime | None
) -> SubmissionRows | None:
    """Return the learner's rows for a lesson, made where they are missing; None for a lesson nbgrader does not know.

    Parameters
    ----------
    timestamp
        When it was handed in, naive and in UTC; None leaves what is there.
    """
    notebook = connection.execute(
        select(Notebook.id, Assignment.id.label("assignment"), Assignment.duedate)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .where(Assignment.name == lesson.module, Notebook.name == lesson.name)
    ).first()
    if notebook is None:
        return None
    if connection.execute(select(Student.id).where(Student.id == student)).first() is None:
        connection.execute(insert(Student).values(id=student))
    submission, handed_in, extension = _submission(connection, notebook.assignment, student, timestamp)
    submitted = _complete(connection, notebook.assignment, submission)
    late = _seconds_late(notebook.duedate, extension, handed_in)
    return SubmissionRows(submitted[notebook.id], late)


def read_grades(connection: Connection, rows: SubmissionRows) -> dict[str, Any]:
    """Return the lesson's grades by name of the cell."""
    query = (
        select(BaseCell.name, Grade.id, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(Grade.notebook_id == rows.submitted_notebook)
    )
    return {row.name: row for row in connection.execute(query)}


def read_comments(connection: Connection, rows: SubmissionRows) -> dict[str, Any]:
    """Return the lesson's comments by name of the cell."""
    query = (
        select(BaseCell.name, Comment.id, Comment.auto_comment)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .where(Comment.notebook_id == rows.submitted_notebook)
    )
    return {row.name: row for row in connection.execute(query)}


def read_starters(connection: Connection, rows: SubmissionRows) -> dict[str, str]:
    """Return the text of each cell as nbgrader keeps it, without solutions."""
    query = (
        select(SourceCell.name, SourceCell.source)
        .join(SubmittedNotebook, SubmittedNotebook.notebook_id == SourceCell.notebook_id)
        .where(SubmittedNotebook.id == rows.submitted_notebook)
    )
    return {row.name: row.source or "" for row in connection.execute(query)}


def read_marks(connection: Connection, rows: SubmissionRows) -> dict[str, dict[str, Any]]:
    """Return type and checksum of each cell as nbgrader notes them in an autograded notebook."""
    query = (
        select(SourceCell.name, SourceCell.cell_type, SourceCell.checksum)
        .join(SubmittedNotebook, SubmittedNotebook.notebook_id == SourceCell.notebook_id)
        .where(SubmittedNotebook.id == rows.submitted_notebook)
    )
    return {row.name: {"cell_type": row.cell_type, "checksum": row.checksum} for row in connection.execute(query)}


def read_scores(connection: Connection, lesson: LessonKey, student: str) -> Scores:
    """Return what the gradebook says of a learner's lesson; nothing where it knows of none."""
    submitted = connection.execute(
        select(SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == lesson.module, Notebook.name == lesson.name)
        .where(SubmittedAssignment.student_id == student)
    ).first()
    if submitted is None:
        return Scores()
    grades = connection.execute(
        select(
            BaseCell.name,
            Grade.score.label("score"),
            (Grade.auto_score.is_(None) & Grade.manual_score.is_(None)).label("is_open"),
        )
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(Grade.notebook_id == submitted.id)
    )
    comments = connection.execute(
        select(BaseCell.name, Comment.auto_comment, Comment.manual_comment)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .where(Comment.notebook_id == submitted.id)
    )
    return Scores(
        {row.name: None if row.is_open else float(row.score) for row in grades},
        # As nbgrader: a person's words, else the machine's.
        {row.name: text for row in comments if (text := row.manual_comment or row.auto_comment)},
        float(submitted.late_submission_penalty or 0.0),
    )


def score_of(connection: Connection, rows: SubmissionRows) -> float:
    """Return the points of the whole lesson, a person's and extra credit included."""
    query = select(Grade.score).where(Grade.notebook_id == rows.submitted_notebook)
    return float(sum(connection.execute(query).scalars()))


def write_grade(connection: Connection, row: Any, score: float | None, *, needs_review: bool) -> None:
    """Write a machine's score and whether a person must look, when that is not there already."""
    if (row.auto_score, row.needs_manual_grade) != (score, needs_review):
        values = {"auto_score": score, "needs_manual_grade": needs_review}
        connection.execute(update(Grade).where(Grade.id == row.id).values(**values))


def write_comment(connection: Connection, row: Any, text: str | None) -> None:
    """Write a machine's comment."""
    if row.auto_comment != text:
        connection.execute(update(Comment).where(Comment.id == row.id).values(auto_comment=text))


def write_penalty(connection: Connection, rows: SubmissionRows, penalty: float | None) -> None:
    """Write the points taken for handing in late, None for none."""
    here = update(SubmittedNotebook).where(SubmittedNotebook.id == rows.submitted_notebook)
    connection.execute(here.values(late_submission_penalty=penalty))


def zero_missing(connection: Connection, module: str, student: str, *, handed_in: Collection[str]) -> None:
    """Give the lessons of a module that were not handed in with the others 0 points, as nbgrader does."""
    notebooks = (
        select(SubmittedNotebook.id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == module, SubmittedAssignment.student_id == student)
        .where(Notebook.name.not_in(list(handed_in)))
    )
    here = update(Grade).where(Grade.notebook_id.in_(notebooks))
    connection.execute(here.values(auto_score=0.0, needs_manual_grade=False))


def _submission(
    connection: Connection, assignment: str, student: str, timestamp: datetime | None
) -> tuple[str, datetime | None, timedelta | None]:
    """Return id, time and extension of the learner's submission of the module."""
    mine = (SubmittedAssignment.assignment_id == assignment) & (SubmittedAssignment.student_id == student)
    query = select(SubmittedAssignment.id, SubmittedAssignment.timestamp, SubmittedAssignment.extension).where(mine)
    row = connection.execute(query).first()
    if row is None:
        new = _new_id()
        values = {"id": new, "assignment_id": assignment, "student_id": student, "timestamp": timestamp}
        connection.execute(insert(SubmittedAssignment).values(**values))
        return new, timestamp, None
    if timestamp is not None and row.timestamp != timestamp:
        connection.execute(update(SubmittedAssignment).where(mine).values(timestamp=timestamp))
    return row.id, timestamp if timestamp is not None else row.timestamp, row.extension


def _complete(connection: Connection, assignment: str, submission: str) -> dict[str, str]:
    """Add the rows the submission lacks, and return the id of its row for each notebook of the module."""
    present: dict[str, str] = {
        row.notebook_id: row.id
        for row in connection.execute(
            select(SubmittedNotebook.notebook_id, SubmittedNotebook.id).where(
                SubmittedNotebook.assignment_id == submission
            )
        )
    }
    known = connection.execute(select(Notebook.id).where(Notebook.assignment_id == assignment)).scalars().all()
    new = {notebook: _new_id() for notebook in known if notebook not in present}
    if new:
        rows = [{"id": new[each], "notebook_id": each, "assignment_id": submission, "flagged": False} for each in new]
        connection.execute(insert(SubmittedNotebook), rows)
    submitted = {**present, **new}
    _add_missing(connection, Grade, (GradeCell, TaskCell), submitted, {"needs_manual_grade": False})
    _add_missing(connection, Comment, (SolutionCell, TaskCell), submitted, {})
    return submitted


def _add_missing(
    connection: Connection, kind: Any, cells: Iterable[Any], submitted: Mapping[str, str], more: Mapping[str, object]
) -> None:
    """Add a grade or comment for each cell that has none; nbgrader's default asks for a review, and nothing is due."""
    ids = list(submitted.values())
    query = select(kind.notebook_id, kind.cell_id).where(kind.notebook_id.in_(ids))
    there = {(row.notebook_id, row.cell_id) for row in connection.execute(query)}
    # In the order of the cells, as nbgrader does: its tools show the rows in the order they came.
    wanted = [
        (submitted[row.notebook_id], row.id)
        for cell in cells
        for row in connection.execute(select(cell.id, cell.notebook_id).where(cell.notebook_id.in_(list(submitted))))
    ]
    if missing := [each for each in wanted if each not in there]:
        rows = [{"id": _new_id(), "notebook_id": book, "cell_id": cell, **more} for book, cell in missing]
        connection.execute(insert(kind), rows)


def _seconds_late(due: datetime | None, extension: timedelta | None, handed_in: datetime | None) -> float:
    if due is None or handed_in is None:
        return 0.0
    return max(0.0, (handed_in - due - (extension or timedelta())).total_seconds())


def _new_id() -> str:
    return uuid4().hex
