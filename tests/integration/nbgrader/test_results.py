"""What Trailbook writes is what nbgrader writes, and what nbgrader's tools read."""

from __future__ import annotations

import copy
import csv
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderGradebook, NbgraderStripper
from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.notebook import exercises_of
from trailbook.domain.rebuild import rebuild
from trailbook.domain.results import GradingResult, Verdict
from trailbook.domain.results import TestResult as Outcome  # pytest takes a name with Test for a test
from trailbook.services.ports import Attempt, JobKind, ManualGrade, Notebook

from .conftest import run_nbgrader
from .rows import gradebook_rows

LEARNER = "te<s'&\">t ü"
LESSON = LessonKey("ps1", "problem1")
AT = datetime(2026, 11, 23, 20, 0, 0, tzinfo=UTC)

ANSWERS = {
    "squares": "def squares(n):\n    if n < 1:\n        raise ValueError\n    return [i**2 for i in range(1, n + 1)]",
    "sum_of_squares": "def sum_of_squares(n):\n    return 0",
    "sum_of_squares_equation": "YOUR ANSWER HERE",  # as released: no response
    "sum_of_squares_application": "print('pyramids')",
    "cell-938593c4a215c6cc": "The formula is $n(n+1)/2$.",
}
SCORES = {
    "correct_squares": 1.0,
    "squares_invalid_input": 1.0,
    "correct_sum_of_squares": 0.0,
    "sum_of_squares_uses_squares": 0.0,
}


class Desk:
    """The example course, registered, with what a grading needs at hand."""

    def __init__(self, folder: CourseFilesFolder, course: Course) -> None:
        self.path = Path(folder.path)
        self.course = course
        self.stripper = NbgraderStripper(self.path)
        self.keys = [lesson.key for lesson in course.lessons()]
        self.sources = {key: self.stripper.prepare(folder.read_lesson(key).notebook or {}) for key in self.keys}
        self.gradebook = NbgraderGradebook(self.path)
        self.gradebook.register(course, self.sources)

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Return problem1's exercises."""
        return exercises_of(self.sources[LESSON])

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return a table of the gradebook."""
        return gradebook_rows(self.path)[table]

    def grade(self, name: str) -> tuple[Any, ...]:
        """Return auto score, manual score and whether a cell needs a manual grade."""
        row = next(row for row in self.rows("grade") if row[2] == name)
        return (row[3], row[4], bool(row[6]))

    def enter_manual_grade(self, cell: str, score: float | None, comment: str | None = None) -> None:
        """Do what the formgrader does when a grader types a score and a comment."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.path}/gradebook.db", "course101") as gradebook:
            grade = gradebook.find_grade(cell, LESSON.name, LESSON.module, LEARNER)
            grade.manual_score, grade.needs_manual_grade = score, score is None
            if comment is not None:
                found = gradebook.find_comment(cell, LESSON.name, LESSON.module, LEARNER)
                found.manual_comment = comment
            gradebook.db.commit()


@pytest.fixture
def desk(folder: CourseFilesFolder, course: Course) -> Desk:
    """Return the course, registered."""
    return Desk(folder, course)


def attempt(kind: JobKind, exercise: str | None = None, **answers: str) -> Attempt:
    """Return a job of problem1."""
    return Attempt(
        id="a1",
        kind=kind,
        key="k",
        course="course101",
        lesson=LESSON,
        version=1,
        learner=LEARNER,
        exercise=exercise,
        answers={**ANSWERS, **answers},
        created_at=AT,
    )


def graded(desk: Desk, scores: dict[str, float] | None = None) -> GradingResult:
    """Return the result a grader gives for the answers."""
    points = {cell: exercise for exercise in desk.exercises for cell in exercise.test_cells}
    found = SCORES if scores is None else scores
    tests = tuple(Outcome(name, found[name], 1.0) for name in points if name in found)
    return GradingResult(Verdict.GRADED, tests, autograded=json.dumps(rebuild(desk.sources[LESSON], ANSWERS)))


def submitted(desk: Desk) -> Notebook:
    """Return the learner's notebook."""
    notebook = copy.deepcopy(desk.stripper.strip(desk.sources[LESSON]))
    return rebuild(notebook, ANSWERS)


def test_submission_has_the_rows_of_nbgrader_autograde(desk: Desk, tmp_path: Path) -> None:
    handed_in = attempt(JobKind.SUBMISSION)
    desk.gradebook.write_submission(handed_in, submitted(desk), {})
    twin = tmp_path / "twin"
    shutil.copytree(desk.path, twin)
    desk.gradebook.write_result(handed_in, desk.exercises, graded(desk))
    run_nbgrader(twin, "autograde", "ps1")
    ours, theirs = gradebook_rows(desk.path), gradebook_rows(twin)
    for table in ("student", "submission", "comment"):
        assert ours[table] == theirs[table]
    assert _of_lesson(ours["grade"]) == _of_lesson(theirs["grade"])
    assert (desk.path / "autograded" / LEARNER / "ps1" / "problem1.ipynb").is_file()
    assert (twin / "autograded" / LEARNER / "ps1" / "problem1.ipynb").is_file()


def _of_lesson(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows of problem1: nbgrader gives 0 to a lesson of the module that was not handed in yet."""
    return [row for row in rows if row[1] == LESSON.name]


def test_nbgraders_tools_read_the_rows(desk: Desk) -> None:
    handed_in = attempt(JobKind.SUBMISSION)
    desk.gradebook.write_submission(handed_in, submitted(desk), {"jupyter.png": b"png", "my.png": b"png"})
    desk.gradebook.write_result(handed_in, desk.exercises, graded(desk))
    run_nbgrader(desk.path, "export")
    with (desk.path / "grades.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["student_id"], float(row["score"]), float(row["max_score"])) == (LEARNER, 2.0, 13.0)
    api = NbGraderAPI(CourseDirectory(root=str(desk.path)), config=Config({"NbGraderAPI": {"timezone": "UTC"}}))
    (notebook,) = api.get_notebook_submissions("ps1", "problem1")
    assert (notebook["student"], notebook["score"], notebook["needs_manual_grade"]) == (LEARNER, 2.0, True)
    (student,) = api.get_submissions("ps1")
    assert (student["student"], student["autograded"], student["submitted"]) == (LEARNER, True, True)
    beside = desk.path / "autograded" / LEARNER / "ps1"
    assert (beside / "my.png").read_bytes() == b"png"
    source = desk.path / "source" / "ps1" / "jupyter.png"  # the author's wins, as in nbgrader
    assert (beside / "jupyter.png").read_bytes() == source.read_bytes()


def test_attempt_writes_its_own_exercise_and_asks_nobody(desk: Desk) -> None:
    desk.gradebook.write_result(attempt(JobKind.ATTEMPT, "squares"), desk.exercises, graded(desk))
    assert {(row[2], row[3], bool(row[6])) for row in desk.rows("grade") if row[3] is not None} == {
        ("correct_squares", 1.0, False),
        ("squares_invalid_input", 1.0, False),
    }
    assert not any(row[6] for row in desk.rows("grade"))
    assert desk.rows("submission") == [("ps1", LEARNER, None, None)]
    assert (desk.path / "autograded" / LEARNER / "ps1" / "problem1.ipynb").is_file()


def test_manual_score_survives_another_submission_and_asks_for_a_look(desk: Desk) -> None:
    job = attempt(JobKind.SUBMISSION)
    desk.gradebook.write_result(job, desk.exercises, graded(desk))
    assert desk.grade("sum_of_squares_application") == (None, None, True)
    assert desk.grade("sum_of_squares_equation") == (0.0, None, False)
    desk.enter_manual_grade("sum_of_squares_application", 1.5)
    desk.enter_manual_grade("correct_sum_of_squares", 0.25)
    desk.gradebook.write_result(job, desk.exercises, graded(desk))
    assert desk.grade("sum_of_squares_application") == (None, 1.5, True)
    assert desk.grade("correct_sum_of_squares") == (0.0, 0.25, True)
    assert desk.grade("correct_squares") == (1.0, None, False)


def test_ungradable_submission_waits_for_a_person_and_can_be_seen(desk: Desk) -> None:
    job = attempt(JobKind.SUBMISSION)
    desk.gradebook.write_submission(job, submitted(desk), {})
    desk.gradebook.write_result(job, desk.exercises, GradingResult(Verdict.NEEDS_REVIEW, reason="timeout"))
    assert desk.grade("correct_squares") == (None, None, True)
    assert (desk.path / "autograded" / LEARNER / "ps1" / "problem1.ipynb").is_file()


def test_result_of_unknown_lesson_writes_nothing(desk: Desk) -> None:
    gone = Attempt(**{**vars(attempt(JobKind.SUBMISSION)), "lesson": LessonKey("ps1", "gone")})
    desk.gradebook.write_result(gone, (), graded(desk))
    assert desk.rows("student") == []


def test_manual_grades_tell_what_changed_since_the_cursor(desk: Desk) -> None:
    cursor, nothing = desk.gradebook.manual_grades("")
    assert nothing == []
    desk.gradebook.write_result(attempt(JobKind.SUBMISSION), desk.exercises, graded(desk))
    cursor, nothing = desk.gradebook.manual_grades(cursor)
    assert nothing == []
    desk.enter_manual_grade("sum_of_squares_application", 1.5, "Nice & <b>short</b>")
    cursor, changed = desk.gradebook.manual_grades(cursor)
    scored = ManualGrade(LEARNER, LESSON, "sum_of_squares_application", 1.5, 2.0, "Nice & <b>short</b>")
    assert list(changed) == [scored]
    assert desk.gradebook.manual_grades(cursor) == (cursor, ())
    assert list(NbgraderGradebook(desk.path).manual_grades(cursor)[1]) == [scored]  # after a restart: all
    desk.enter_manual_grade("sum_of_squares_application", None, "")
    cursor, changed = desk.gradebook.manual_grades(cursor)
    assert list(changed) == [ManualGrade(LEARNER, LESSON, "sum_of_squares_application", None, 2.0, "")]
    assert desk.gradebook.manual_grades(cursor) == (cursor, ())


def test_grade_entered_in_the_same_tick_of_the_clock_is_noticed(desk: Desk) -> None:
    desk.gradebook.write_result(attempt(JobKind.SUBMISSION), desk.exercises, graded(desk))
    file = desk.path / "gradebook.db"
    before = file.stat()
    cursor, _ = desk.gradebook.manual_grades("")
    desk.enter_manual_grade("sum_of_squares_application", 1.0)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_mtime_ns, file.stat().st_size) == (before.st_mtime_ns, before.st_size)
    assert [grade.score for grade in desk.gradebook.manual_grades(cursor)[1]] == [1.0]


def test_removed_cell_takes_no_manual_score_back(desk: Desk) -> None:
    desk.gradebook.write_result(attempt(JobKind.SUBMISSION), desk.exercises, graded(desk))
    desk.enter_manual_grade("sum_of_squares_application", 1.5)
    cursor, _ = desk.gradebook.manual_grades("")
    desk.gradebook.register(desk.course, {LESSON: without_cell(desk.sources[LESSON], "sum_of_squares_application")})
    assert "sum_of_squares_application" not in {row[2] for row in desk.rows("grade")}
    assert list(desk.gradebook.manual_grades(cursor)[1]) == []


def test_new_release_keeps_scores_and_adds_cells_to_submissions(desk: Desk) -> None:
    source = desk.sources[LESSON]
    shorter = without_cell(without_cell(source, "correct_squares"), "sum_of_squares_equation")
    desk.gradebook.register(desk.course, {LESSON: shorter})
    desk.gradebook.write_result(attempt(JobKind.SUBMISSION), exercises_of(shorter), graded(desk))
    before = desk.grade("squares_invalid_input")
    desk.gradebook.register(desk.course, {LESSON: source})
    assert desk.grade("squares_invalid_input") == before == (1.0, None, False)
    assert desk.grade("correct_squares") == (None, None, False)
    assert ("sum_of_squares_equation", None) in {(row[2], row[4]) for row in desk.rows("comment")}


def test_lesson_released_later_joins_a_module_with_submissions(desk: Desk, folder: CourseFilesFolder) -> None:
    (desk.path / "gradebook.db").unlink()
    desk.gradebook.register(desk.course, {LESSON: desk.sources[LESSON]})
    desk.gradebook.write_result(attempt(JobKind.ATTEMPT, "squares"), desk.exercises, graded(desk))
    later = LessonKey("ps1", "problem2")
    desk.gradebook.register(desk.course, {later: desk.sources[later]})
    assert {(row[1], row[2]) for row in desk.rows("grade") if row[1] == "problem2"} == {
        ("problem2", "part-a"),
        ("problem2", "part-b"),
    }


def without_cell(notebook: Notebook, grade_id: str) -> Notebook:
    """Return the notebook without one of its cells."""
    cells = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") != grade_id]
    return {**notebook, "cells": cells}
