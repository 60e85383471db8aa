"""One course's nbgrader gradebook and the folders beside it."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from trailbook.adapters.nbgrader.late import penalty_of
from trailbook.adapters.nbgrader.manual_grades import ManualGradeWatch
from trailbook.adapters.nbgrader.pipeline import Pipeline
from trailbook.adapters.nbgrader.registration import forget_notebooks, register_module, register_notebook
from trailbook.adapters.nbgrader.settings import NbgraderCourse
from trailbook.adapters.nbgrader.submission_rows import (
    SubmissionRows,
    open_rows,
    read_comments,
    read_grades,
    read_marks,
    read_scores,
    read_starters,
    score_of,
    write_comment,
    write_grade,
    write_penalty,
    zero_missing,
)
from trailbook.adapters.nbgrader.tables import Tables, open_gradebook
from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.course import Course, LessonKey
from trailbook.domain.errors import Invalid, TooLarge
from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.names import student_id_of
from trailbook.domain.notebook import grade_cells
from trailbook.domain.results import GradingResult
from trailbook.services.ports import Attempt, JobKind, ManualGrade, Notebook
from trailbook.services.scores import Scores

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 50_000_000
TIMESTAMP_FILE = "timestamp.txt"
NO_RESPONSE = "No response."  # nbgrader's words for an answer cell that was not changed


class NbgraderGradebook:
    """The gradebook of one course; see `trailbook.services.ports.Gradebook`.

    Parameters
    ----------
    path
        The course folder.
    trusted
        Whether the course's own late penalty plugin may be imported into this process; see `late.penalty_of`.
    """

    def __init__(self, path: Path | str, *, trusted: bool = False) -> None:
        self._path = Path(path).absolute()
        self._trusted = trusted
        self._tables = Tables()
        self._files = SafeFolder(self._path)
        self._watch = ManualGradeWatch()
        # nbgrader looks first and writes then: two gradings of one learner at once would both add the learner.
        self._writing = Lock()

    def register(self, course: Course, versions: Mapping[LessonKey, Notebook]) -> None:
        """Make nbgrader know the assignments, notebooks and cells of these prepared sources; safe to repeat."""
        known = NbgraderCourse.read(self._path)
        pipeline = Pipeline(known.settings)
        hidden = {key: pipeline.hide_solutions(source) for key, source in versions.items()}
        with self._writing, open_gradebook(known) as gradebook:
            for module in course.modules:
                if any(key.module == module.name for key in hidden):
                    register_module(gradebook, module)
            for key, notebook in hidden.items():
                register_notebook(gradebook, key.module, key.name, notebook)
            for module in course.modules:
                forget_notebooks(gradebook, module.name, keep={lesson.key.name for lesson in module.lessons})

    def write_submission(self, attempt: Attempt, notebook: Notebook, files: Mapping[str, bytes]) -> None:
        """Write `submitted/LEARNER/MODULE/LESSON.ipynb`, its files and `timestamp.txt`, the time of receipt in UTC."""
        folder = f"submitted/{student_id_of(attempt.learner)}/{attempt.lesson.module}"
        for path, content in files.items():
            self._files.write(f"{folder}/{path}", content)
        self._files.write(f"{folder}/{attempt.lesson.name}.ipynb", _notebook_bytes(notebook))
        self._files.write(f"{folder}/{TIMESTAMP_FILE}", _timestamp(attempt).encode())

    def write_result(self, attempt: Attempt, exercises: Sequence[Exercise], result: GradingResult) -> None:
        """Write scores to gradebook rows and the executed notebook to `autograded/`.

        An attempt writes the scores of its own exercise's tests and asks nobody to review. A submission writes all of
        them, and the late penalty, as `nbgrader autograde` does. Manual scores, comments and extensions are kept.
        """
        self._write(attempt, exercises, result, timestamp=attempt.created_at, handed_in=None)

    def write_graded(
        self,
        attempt: Attempt,
        exercises: Sequence[Exercise],
        result: GradingResult,
        *,
        timestamp: datetime | None,
        handed_in: Collection[str],
    ) -> None:
        """Write a submission of the course folder as `write_result` does; see `FolderGradebook`."""
        self._write(attempt, exercises, result, timestamp=timestamp, handed_in=handed_in)

    def _write(
        self,
        attempt: Attempt,
        exercises: Sequence[Exercise],
        result: GradingResult,
        *,
        timestamp: datetime | None,
        handed_in: Collection[str] | None,
    ) -> None:
        course = NbgraderCourse.read(self._path)
        is_submission = attempt.kind is JobKind.SUBMISSION
        at = timestamp.astimezone(UTC).replace(tzinfo=None) if is_submission and timestamp is not None else None
        student = student_id_of(attempt.learner)
        with self._writing, self._tables.connect(course) as connection:
            rows = open_rows(connection, attempt.lesson, student, timestamp=at)
            if rows is None:
                return  # the lesson was never released with this gradebook, or is gone from it
            wanted = [each for each in exercises if attempt.exercise is None or each.id == attempt.exercise]
            _write_scores(connection, rows, wanted, attempt, result)
            if is_submission:
                self._write_penalty(connection, rows, course, student)
            marks = read_marks(connection, rows)
            if handed_in is not None:
                zero_missing(connection, attempt.lesson.module, student, handed_in=handed_in)
        # Of a folder's submissions all can be graded again; a learner's answer on a hub is graded once.
        self._write_autograded(attempt, result, marks, durable=handed_in is None)

    def _write_penalty(
        self, connection: Connection, rows: SubmissionRows, course: NbgraderCourse, student: str
    ) -> None:
        points = None
        if rows.seconds_late > 0:
            penalty = penalty_of(course, trusted=self._trusted)
            points = penalty(student, score_of(connection, rows), rows.seconds_late)
        write_penalty(connection, rows, points)

    def scores(self, lesson: LessonKey, student: str) -> Scores:
        """Return what is written of a learner's lesson, a person's scores and comments included."""
        with self._tables.connect(NbgraderCourse.read(self._path)) as connection:
            return read_scores(connection, lesson, student)

    def manual_grades(self, since: str) -> tuple[str, Sequence[ManualGrade]]:
        """Return a cursor and the manual scores and comments that changed since the cursor (all for ``""``)."""
        return self._watch.look(NbgraderCourse.read(self._path), since)

    def _write_autograded(
        self, attempt: Attempt, result: GradingResult, marks: Mapping[str, Any], *, durable: bool
    ) -> None:
        """Write what the formgrader shows: the executed notebook, else what was handed in, with its pictures."""
        student = student_id_of(attempt.learner)
        submitted = f"submitted/{student}/{attempt.lesson.module}"
        autograded = f"autograded/{student}/{attempt.lesson.module}"
        name = f"{attempt.lesson.name}.ipynb"
        notebook = _marked(result.autograded, marks).encode(errors="replace") or self._files.find(
            f"{submitted}/{name}", max_bytes=MAX_FILE_BYTES
        )
        if notebook:
            self._files.write(f"{autograded}/{name}", notebook, durable=durable)
        # Of the files of a submission the author's win, as in nbgrader.
        module, is_submission = attempt.lesson.module, attempt.kind is JobKind.SUBMISSION
        places = [f"source/{module}", submitted] if is_submission else [f"release/{module}"]
        self._copy_files(places, autograded, durable=durable)

    def _copy_files(self, places: Sequence[str], target: str, *, durable: bool) -> None:
        """Copy ordinary files, of one path the first; one that cannot be copied changes no score."""
        found: dict[str, str] = {}
        for place in places:
            for path, kind in self._files.walk(place):
                hidden = any(step.startswith(".") for step in path.split("/"))
                if kind == "file" and not path.endswith(".ipynb") and not hidden:
                    found.setdefault(path, place)
        for path, place in found.items():
            try:
                content = self._files.read(f"{place}/{path}", max_bytes=MAX_FILE_BYTES)
                self._files.write(f"{target}/{path}", content, durable=durable)
            except (Invalid, TooLarge, FileNotFoundError) as refusal:
                log.warning("%s/%s was not copied to %s: %s", place, path, target, refusal)


def _write_scores(
    connection: Connection,
    rows: SubmissionRows,
    exercises: Iterable[Exercise],
    attempt: Attempt,
    result: GradingResult,
) -> None:
    scores = {test.grade_id: test.score for test in result.tests}
    grades, comments = read_grades(connection, rows), read_comments(connection, rows)
    if attempt.kind is JobKind.ATTEMPT:
        for cell in (cell for exercise in exercises for cell in exercise.test_cells):
            if cell in grades and cell in scores:
                write_grade(connection, grades[cell], scores[cell], needs_review=grades[cell].needs_manual_grade)
        return
    starters = read_starters(connection, rows)
    for exercise in exercises:
        blank = {
            cell
            for cell in exercise.answer_cells
            if exercise.kind is not ExerciseKind.TASK
            and (cell not in attempt.answers or attempt.answers[cell] == starters.get(cell, "").replace("\r\n", "\n"))
        }
        for cell in exercise.test_cells:
            if cell in grades:
                _write_handed_in(connection, grades[cell], scores.get(cell))
        for cell in exercise.answer_cells:
            if exercise.graded_by_person and cell in grades:
                _write_handed_in(connection, grades[cell], 0.0 if cell in blank else None)
            if cell in comments:
                write_comment(connection, comments[cell], NO_RESPONSE if cell in blank else None)


def _marked(autograded: str, marks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return an executed notebook with what nbgrader notes of each of its cells; "" for none."""
    if not autograded:
        return ""
    notebook = json.loads(autograded)
    for cell in grade_cells(notebook):
        notebook["cells"][cell.index]["metadata"]["nbgrader"] |= marks.get(cell.grade_id, {})
    return json.dumps(notebook, ensure_ascii=False, indent=1)


def _write_handed_in(connection: Connection, grade: Any, score: float | None) -> None:
    """Write a machine's score as nbgrader's `SaveAutoGrades` does; a person's score stays and wins."""
    write_grade(connection, grade, score, needs_review=score is None or grade.manual_score is not None)


def _notebook_bytes(notebook: Notebook) -> bytes:
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode(errors="replace")


def _timestamp(attempt: Attempt) -> str:
    return f"{attempt.created_at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC\n"
