"""Grades tasks in a worker process: gets the lesson by its hash, and tells of each test as it ends."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trailbook.adapters.dask.content import LessonContent, read_lesson
from trailbook.adapters.dask.data_folders import DataFolders
from trailbook.adapters.dask.task import Fault, GradeTask, Lacking, Outcome
from trailbook.domain.errors import Unavailable
from trailbook.domain.results import Mode, TestResult
from trailbook.services.ports import Grader, LessonToGrade
from trailbook.services.ports.blobs import Blobs

LESSONS_AT_HAND = 16

News = Mapping[str, Any]
"""What a worker tells while it grades: values that msgpack knows."""


class Grades:
    """Grades tasks. Safe to use from several threads.

    Parameters
    ----------
    contents
        Where pieces of lessons are kept, and come from.
    folder
        Where instructors' data is laid out for gradings to read.
    """

    def __init__(self, grader: Grader, contents: Blobs, *, folder: Path) -> None:
        self._grader = grader
        self._contents = contents
        self._data = DataFolders(folder)
        self._lessons: OrderedDict[str, LessonContent] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, task: GradeTask, *, tell: Callable[[News], None], me: str) -> Outcome:
        """Return how the grading came out, or which pieces of the lesson are to be had nowhere."""
        try:
            lesson = self._lesson(task)
            files = self._pieces(task, lesson.files.values())
            with ExitStack() as stack:
                data = {
                    name: str(stack.enter_context(self._data.laid_out(tree, lambda some: self._pieces(task, some))))
                    for name, tree in lesson.data.items()
                }
                tell({"number": task.number, "started": True})
                return self._grade(task, lesson, files=files, data=data, tell=tell)
        except _NotHere as lack:
            return Lacking(lack.pieces, me)
        except Unavailable as fault:
            return Fault(fault.code, fault.message)

    def _grade(
        self,
        task: GradeTask,
        lesson: LessonContent,
        *,
        files: Mapping[str, bytes],
        data: Mapping[str, str],
        tell: Callable[[News], None],
    ) -> Outcome:
        whole = LessonToGrade(
            dict(lesson.source),
            dict(lesson.released),
            {path: files[piece] for path, piece in lesson.files.items()},
            limits=task.limits,
            contract=lesson.contract,
            packages=task.packages,
            data=data,
        )
        if task.rule is not None:
            return self._grader.record(whole, declared=task.declared, rule=task.rule)
        return self._grader.grade(
            whole,
            task.answers,
            only=task.only,
            seed=task.seed,
            on_test=lambda test: tell({"number": task.number, "test": _plain(test)}),
        )

    def _lesson(self, task: GradeTask) -> LessonContent:
        with self._lock:
            lesson = self._lessons.get(task.lesson)
            if lesson is not None:
                self._lessons.move_to_end(task.lesson)
                return lesson
        lesson = read_lesson(self._pieces(task, [task.lesson])[task.lesson])
        with self._lock:
            self._lessons[task.lesson] = lesson
            while len(self._lessons) > LESSONS_AT_HAND:
                self._lessons.popitem(last=False)
        return lesson

    def _pieces(self, task: GradeTask, wanted: Iterable[str]) -> dict[str, bytes]:
        """Return content by hash: what came with the task, which is kept, else what is kept or can be fetched."""
        found: dict[str, bytes] = {}
        lacking: list[str] = []
        for piece in wanted:
            if piece in task.pieces and self._contents.put(task.pieces[piece]) == piece:
                found[piece] = task.pieces[piece]
                continue
            try:
                found[piece] = self._contents.get(piece)
            except Unavailable:  # wherever it should be: the course service has it, and sends it when told
                lacking.append(piece)
        if lacking:
            raise _NotHere(tuple(lacking))
        return found


def _plain(test: TestResult) -> News:
    return {**asdict(test), "mode": test.mode.value}


def read_test(plain: Mapping[str, Any]) -> TestResult:
    """Return the result of a test that a worker told of."""
    return TestResult(**{**plain, "mode": Mode(plain["mode"])})


class _NotHere(Exception):
    def __init__(self, pieces: tuple[str, ...]) -> None:
        super().__init__(*pieces)
        self.pieces = pieces
