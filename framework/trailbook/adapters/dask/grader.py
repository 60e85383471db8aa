"""Grades on a cluster, as if it were here: the lesson goes there by its hash, the outcome comes back as a value."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trailbook.adapters.dask.cluster import Cluster, Lost
from trailbook.adapters.dask.content import PackedLesson, Packer
from trailbook.adapters.dask.grades import read_test
from trailbook.adapters.dask.task import Fault, GradeTask, Lacking
from trailbook.domain.course import InProcess
from trailbook.domain.errors import Unavailable
from trailbook.domain.results import GradingResult
from trailbook.services.ports import LessonToGrade, OnTest, Recording
from trailbook.services.ports.blobs import Blobs

MAX_DELIVERIES = 5  # of pieces a worker lacks, until it is given up: a cache too small for one lesson

log = logging.getLogger(__name__)


class LessonStore:
    """Packs lessons, and puts their pieces where workers fetch them; None when they go with a task instead."""

    def __init__(self, blobs: Blobs | None) -> None:
        self._blobs = blobs
        self._packer = Packer()
        self._kept: set[str] = set()
        self._lock = threading.Lock()

    def pack(self, lesson: LessonToGrade) -> PackedLesson:
        """Return the lesson in pieces, each of which workers can fetch."""
        with self._lock:
            packed = self._packer.pack(lesson)
        if self._blobs is not None:
            for sha256 in packed.pieces.keys() - self._kept:
                self._blobs.put(packed.pieces[sha256])
                self._kept.add(sha256)
        return packed


@dataclass(frozen=True)
class ClusterGrader:
    """See `trailbook.services.ports.Grader`. Beside what that says it raises `LetGo` when its cluster is let go of.

    Attributes
    ----------
    environment
        What a worker must offer.
    priority
        The smaller is graded first.
    """

    cluster: Cluster
    lessons: LessonStore
    environment: str
    priority: int = 0

    def grade(
        self,
        lesson: LessonToGrade,
        answers: Mapping[str, str],
        *,
        only: Sequence[str] = (),
        seed: str = "",
        on_test: OnTest | None = None,
    ) -> GradingResult:
        """Return the result; waits for a worker as long as it takes.

        Raises
        ------
        Unavailable
            The grading itself failed; ``worker_lost``: the worker ended while it graded.
        """
        packed = self.lessons.pack(lesson)
        task = GradeTask(packed.sha256, dict(answers), lesson.limits, lesson.packages, only=tuple(only), seed=seed)
        outcome = self._run(task, packed, _Listener(on_test))
        if not isinstance(outcome, GradingResult):
            raise TypeError(f"A worker sent {type(outcome).__name__} for a result.")
        return outcome

    def record(self, lesson: LessonToGrade, *, declared: Sequence[str], rule: InProcess) -> Recording:
        """Return what `trailbook.services.ports.Grader.record` does, found by a worker."""
        packed = self.lessons.pack(lesson)
        task = GradeTask(packed.sha256, {}, lesson.limits, lesson.packages, declared=tuple(declared), rule=rule)
        outcome = self._run(task, packed, _Listener(None))
        if not isinstance(outcome, Recording):
            raise TypeError(f"A worker sent {type(outcome).__name__} for a recording.")
        return outcome

    def _run(self, task: GradeTask, packed: PackedLesson, listener: _Listener) -> GradingResult | Recording:
        worker: str | None = None
        for _ in range(MAX_DELIVERIES):
            outcome = self._run_until_known(task, listener, worker=worker)
            if isinstance(outcome, Fault):
                raise Unavailable(outcome.code, outcome.message)
            if not isinstance(outcome, Lacking):
                listener.make_up_for(outcome)
                return outcome
            log.info("The worker %s lacks %d pieces of a lesson: they are sent.", outcome.worker, len(outcome.pieces))
            task = replace(task, pieces={**task.pieces, **{each: packed.pieces[each] for each in outcome.pieces}})
            worker = outcome.worker
        raise Unavailable("grading_failed", "A worker does not keep what it is sent of a lesson. Look at its disk.")

    def _run_until_known(
        self, task: GradeTask, listener: _Listener, *, worker: str | None
    ) -> GradingResult | Recording | Lacking | Fault:
        """Return what a worker says, however often the task is lost before one began with it."""
        while True:
            listener.started.clear()
            try:
                return self.cluster.run(
                    task, environment=self.environment, priority=self.priority, worker=worker, hear=listener.hear
                )
            except Lost as lost:
                if lost.with_worker and listener.started.is_set():
                    raise Unavailable("worker_lost", "The machine that graded ended in the middle of it.") from lost
                log.warning(
                    "The task of %s was lost before it began or with its scheduler; it is sent again", task.seed
                )
                worker = None
                self.cluster.wait_until_open()


@dataclass
class _Listener:
    """Hears what a worker tells, and passes each test on once."""

    on_test: OnTest | None
    started: threading.Event = field(default_factory=threading.Event)
    told: set[str] = field(default_factory=set)

    def hear(self, news: Mapping[str, Any]) -> None:
        if "test" not in news:
            self.started.set()
            return
        test = read_test(news["test"])
        if self.on_test is not None and test.grade_id not in self.told:
            self.told.add(test.grade_id)
            self.on_test(test)

    def make_up_for(self, outcome: GradingResult | Recording) -> None:
        """Tell of tests that the result says before the worker's word of them came."""
        if self.on_test is None or not isinstance(outcome, GradingResult):
            return
        for test in outcome.tests:
            if test.grade_id not in self.told:
                self.told.add(test.grade_id)
                self.on_test(test)
