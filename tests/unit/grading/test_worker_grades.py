"""Tests of what a worker does with a task: its lesson is had by hash, told of and graded, or said to be lacking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support.grading import FAULT, ScriptedGrader, graded

from trailbook.adapters.dask.content import Packer
from trailbook.adapters.dask.grades import Grades, read_test
from trailbook.adapters.dask.task import Fault, GradeTask, Lacking, Outcome
from trailbook.adapters.memory.blobs import MemoryBlobs
from trailbook.domain.course import GradingLimits, InProcess
from trailbook.domain.results import GradingResult
from trailbook.services.ports import LessonToGrade, OnTest, Recording
from trailbook.services.ports.blobs import sha256_of

ME = "tls://10.0.0.7:1234"
RESULT = graded(("one", 1.0), ("two", 0.0))


@dataclass
class Reading(ScriptedGrader):
    """Notes the lesson, and what lies in its data, too."""

    lessons: list[tuple[LessonToGrade, Mapping[str, str]]] = field(default_factory=list)

    def grade(self, lesson: LessonToGrade, answers: Mapping[str, str], **asked: Any) -> GradingResult:
        """Note."""
        found = {name: (Path(folder) / "deep" / "sales.csv").read_text() for name, folder in lesson.data.items()}
        self.lessons.append((lesson, found))
        on_test: OnTest | None = asked.pop("on_test", None)
        return super().grade(lesson, answers, on_test=on_test, **asked)


@pytest.fixture
def lesson(tmp_path: Path) -> LessonToGrade:
    """A lesson with a file beside it and a folder of data."""
    data = tmp_path / "data"
    (data / "deep").mkdir(parents=True)
    (data / "deep" / "sales.csv").write_text("1,2")
    (data / "out").symlink_to("/etc/hostname")
    return LessonToGrade(
        {"cells": ["hidden"]},
        {"cells": []},
        {"helper.py": b"x = 1"},
        contract={"plain": True},
        data={"data": str(data)},
    )


@dataclass
class Worker:
    """A worker's part of it."""

    grader: Reading
    kept: MemoryBlobs
    grades: Grades
    told: list[Mapping[str, Any]] = field(default_factory=list)

    def run(self, task: GradeTask) -> Outcome:
        """Run a task."""
        return self.grades.run(task, tell=self.told.append, me=ME)


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    """A worker that has nothing yet."""
    grader, kept = Reading([RESULT]), MemoryBlobs()
    return Worker(grader, kept, Grades(grader, kept, folder=tmp_path / "laid out"))


def task_of(sha256: str, **more: Any) -> GradeTask:
    """Return a grading's task."""
    return GradeTask(sha256, {"half": "1"}, GradingLimits(), None, **{"number": 7, **more})


def test_a_lesson_comes_piece_by_piece_and_is_the_one_that_was_sent(worker: Worker, lesson: LessonToGrade) -> None:
    packed = Packer().pack(lesson)
    first = worker.run(task_of(packed.sha256))
    pieces = {packed.sha256: packed.pieces[packed.sha256]}
    second = worker.run(task_of(packed.sha256, pieces=pieces))
    third = worker.run(task_of(packed.sha256, pieces=packed.pieces))
    fourth = worker.run(task_of(packed.sha256))  # all of it is kept now

    assert first == Lacking((packed.sha256,), ME)
    assert second == Lacking((sha256_of(b"x = 1"),), ME)
    assert (third, fourth) == (RESULT, RESULT)
    graded_lesson, data = worker.grader.lessons[0]
    assert (graded_lesson.source, graded_lesson.released) == (lesson.source, lesson.released)
    assert (graded_lesson.files, graded_lesson.contract) == (lesson.files, lesson.contract)
    assert data == {"data": "1,2"}
    assert sha256_of(b"1,2") in packed.pieces
    assert len(packed.pieces) == 3  # a link could lead out of the course


def test_what_is_not_what_its_hash_says_is_asked_for_again(worker: Worker, lesson: LessonToGrade) -> None:
    packed = Packer().pack(lesson)
    forged = {**packed.pieces, packed.sha256: packed.pieces[packed.sha256].replace(b"hidden", b"easier")}

    assert worker.run(task_of(packed.sha256, pieces=forged)) == Lacking((packed.sha256,), ME)
    assert worker.grader.lessons == []


def test_each_test_is_told_as_it_ends_after_the_start(worker: Worker, lesson: LessonToGrade) -> None:
    packed = Packer().pack(lesson)
    worker.run(task_of(packed.sha256, pieces=packed.pieces))

    assert worker.told[0] == {"number": 7, "started": True}
    assert [read_test(news["test"]) for news in worker.told[1:]] == list(RESULT.tests)


def test_a_fault_of_the_grading_is_a_value(worker: Worker, lesson: LessonToGrade) -> None:
    worker.grader.outcomes = [FAULT]
    packed = Packer().pack(lesson)

    assert worker.run(task_of(packed.sha256, pieces=packed.pieces)) == Fault(FAULT.code, FAULT.message)


def test_a_recording_is_made_where_a_rule_says_so(worker: Worker, lesson: LessonToGrade) -> None:
    packed = Packer().pack(lesson)
    outcome = worker.run(task_of(packed.sha256, pieces=packed.pieces, declared=("one",), rule=InProcess.DECLARED))

    assert isinstance(outcome, Recording)
    assert (outcome.reference, outcome.in_process) == (RESULT, ("one",))


def test_data_with_a_way_out_of_its_folder_is_refused(worker: Worker, lesson: LessonToGrade) -> None:
    packed = Packer().pack(lesson)
    index = packed.pieces[packed.sha256].replace(b"deep/sales.csv", b"../../sales.csv")
    pieces = {**packed.pieces, sha256_of(index): index}

    outcome = worker.run(task_of(sha256_of(index), pieces=pieces))

    assert isinstance(outcome, Fault)
    assert "outside" in outcome.message
