"""Noticing what graders enter in the formgrader, cheaply enough to look every second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import select

from trailbook.adapters.nbgrader.settings import NbgraderCourse
from trailbook.adapters.nbgrader.tables import open_gradebook
from trailbook.domain.course import LessonKey
from trailbook.domain.names import learner_of
from trailbook.services.ports import ManualGrade

SQLITE_HEADER_BYTES = 100
SQLITE_CHANGES = slice(24, 28)  # the file change counter in the header of an SQLite database

Key = tuple[str, LessonKey, str]
"""Student id, lesson, ``grade_id``."""


@dataclass(frozen=True)
class _Snapshot:
    """What graders had entered when a cursor was given."""

    cursor: str
    file_state: str
    grades: Mapping[Key, ManualGrade]


class ManualGradeWatch:
    """Compares the gradebook's manual scores and comments with what they were.

    nbgrader keeps no time of change, so the last look is remembered here. A cursor that is not of the last look, as
    after a restart, gives everything: the reader compares with what it knows anyway.
    """

    def __init__(self) -> None:
        self._last = _Snapshot("", "", {})

    def look(self, course: NbgraderCourse, since: str) -> tuple[str, Sequence[ManualGrade]]:
        """Return a cursor, and the manual scores and comments that changed since the cursor given."""
        last = self._last
        file_state = _file_state(course.database_file)
        if file_state and since == last.cursor and file_state == last.file_state:
            return since, ()
        if course.database_file is not None and not course.database_file.exists():
            return since, ()
        with open_gradebook(course) as gradebook:
            grades = _read(gradebook)
            before = last.grades if since == last.cursor else {}
            changed = [grade for key, grade in grades.items() if before.get(key) != grade]
            gone = [key for key in before if key not in grades]
            changed += [_withdrawn(before[key]) for key in gone if _cell_exists(gradebook, key)]
        cursor = _digest(grades)
        # The file's state from before the look: what is written meanwhile is seen at the next one.
        self._last = _Snapshot(cursor, file_state, grades)
        return cursor, changed


def _withdrawn(grade: ManualGrade) -> ManualGrade:
    return replace(grade, score=None, comment="")


def _file_state(path: Path | None) -> str:
    """Return a text that changes when the database changes, "" where there is no file to ask."""
    if path is None:
        return ""
    states = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        try:
            status = file.stat()
            with file.open("rb") as opened:
                header = opened.read(SQLITE_HEADER_BYTES)
        except FileNotFoundError:
            continue
        # Two writes within one tick of the file system's clock leave the same time; SQLite's counter tells them apart.
        states.append(f"{status.st_ino}:{status.st_mtime_ns}:{status.st_size}:{header[SQLITE_CHANGES].hex()}")
    return " ".join(states)


def _read(gradebook: Gradebook) -> dict[Key, ManualGrade]:
    """Return every cell of every learner that a grader scored or commented on."""
    found: dict[Key, ManualGrade] = {}
    max_score = {
        row.id: float(row.max_score)
        for kind in (GradeCell, TaskCell)
        for row in gradebook.db.execute(select(kind.id, kind.max_score))
    }
    entered = (Grade.manual_score.is_not(None)) | (Grade.extra_credit.is_not(None))
    for row in gradebook.db.execute(
        _where_is(Grade, Grade.score).add_columns(Grade.needs_manual_grade.label("needs_review")).where(entered)
    ):
        found[_key(row)] = ManualGrade(
            learner_of(row.student),
            _lesson(row),
            row.cell,
            float(row.value),
            max_score.get(row.cell_id, 0.0),
            "",
            needs_review=bool(row.needs_review),
        )
    commented = Comment.manual_comment.is_not(None) & (Comment.manual_comment != "")
    for row in gradebook.db.execute(_where_is(Comment, Comment.manual_comment).where(commented)):
        without = ManualGrade(
            learner_of(row.student), _lesson(row), row.cell, None, max_score.get(row.cell_id, 0.0), ""
        )
        found[_key(row)] = replace(found.get(_key(row), without), comment=row.value)
    return found


def _where_is(kind: Any, value: Any) -> Any:
    """Return the query for a value of grades or comments with student, module, lesson and cell."""
    return (
        select(
            value.label("value"),
            Student.id.label("student"),
            Assignment.name.label("module"),
            Notebook.name.label("lesson"),
            BaseCell.name.label("cell"),
            BaseCell.id.label("cell_id"),
        )
        .select_from(kind)
        .join(BaseCell, BaseCell.id == kind.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(Student, Student.id == SubmittedAssignment.student_id)
    )


def _cell_exists(gradebook: Gradebook, key: Key) -> bool:
    """Whether the cell is still part of the lesson; what graders said of a removed cell is not taken back."""
    _, lesson, grade_id = key
    query = (
        select(BaseCell.id)
        .join(Notebook, Notebook.id == BaseCell.notebook_id)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .where(Assignment.name == lesson.module, Notebook.name == lesson.name, BaseCell.name == grade_id)
    )
    return gradebook.db.execute(query).first() is not None


def _key(row: Any) -> Key:
    return (row.student, _lesson(row), row.cell)


def _lesson(row: Any) -> LessonKey:
    return LessonKey(row.module, row.lesson)


def _digest(grades: Mapping[Key, ManualGrade]) -> str:
    """Return a cursor: the same for the same grades, and never "", which asks for everything."""
    return sha256(repr(sorted(grades.items())).encode()).hexdigest()[:32]
