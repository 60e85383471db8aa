"""Joins grading in the course service: which jobs are next, who runs them, and what follows from their results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trailbook.adapters.storage import SqlStorage
from trailbook.config import Settings
from trailbook.domain.course import Course, GradingLimits
from trailbook.services.arrivals import Arrivals
from trailbook.services.dispatch import Dispatcher
from trailbook.services.grading_context import GradingContext
from trailbook.services.leases import LeaseKeeper
from trailbook.services.ports import Clock, Gradebook, Grader, LiveEvents, Notebook
from trailbook.services.record_result import try_to_record
from trailbook.services.recorder import Recorder
from trailbook.services.recover_jobs import record_missing, take_back_jobs
from trailbook.services.run_job import run_job
from trailbook.wiring.courses import CourseFolders

if TYPE_CHECKING:
    from trailbook.adapters.dask.cluster_pool import ClusterPool
    from trailbook.adapters.dask.in_process import InProcessPool


class Grading:
    """The job queue, which grades nothing before it is started: a job is a row of the database until then."""

    def __init__(
        self,
        settings: Settings,
        courses: CourseFolders,
        storage: SqlStorage,
        live: LiveEvents,
        clock: Clock,
        arrivals: Arrivals,
    ) -> None:
        self._settings = settings
        self._courses = courses
        self._storage = storage
        self._live = live
        self._clock = clock
        self._arrivals = arrivals
        self._jobs: GradingContext | None = None
        self._dispatcher: Dispatcher | None = None
        self._running = ExitStack()

    def start(self) -> None:
        """Start the workers, or reach for those of the cluster, and take up what was left ungraded.

        Raises
        ------
        Unavailable
            ``no_sandbox``: learner code cannot be run safely here; ``no_workers``: the cluster does not answer.
        Invalid
            The settings of the cluster do not make an encrypted connection, or name no store of content.
        """
        pool = self._reach_cluster() if self._settings.dask_address else self._start_workers()
        dispatcher = Dispatcher(
            self._storage,
            self._clock,
            pool,
            environments=self._settings.course_environments,
            arrivals=self._arrivals,
        )
        self._running.callback(dispatcher.stop)
        self._dispatcher = dispatcher
        if self._jobs is not None:
            take_back_jobs(self._jobs)
        dispatcher.start()
        self.recover()

    def stop(self) -> None:
        """Stop the workers; what they were at is taken up after the next start."""
        self._dispatcher = None
        self._running.close()
        self._jobs = None

    def dispatch(self, attempt_id: str) -> None:
        """Bring a job to a worker."""
        if self._dispatcher is not None:
            self._dispatcher.dispatch(attempt_id)

    def why_waiting(self, course: str) -> str:
        """Return why the jobs of a course do not begin; "" when only other jobs are in the way."""
        return self._dispatcher.why_waiting(course) if self._dispatcher is not None else ""

    @property
    def grader(self) -> Grader | None:
        """What grades while it runs; None before and after."""
        return self._jobs.grader if self._jobs is not None else None

    def recover(self) -> None:
        """Bring every job that nobody works on to a worker, and write what the gradebooks lack."""
        if self._dispatcher is not None and self._jobs is not None:
            self._dispatcher.look_again()
            record_missing(self._jobs)

    def _start_workers(self) -> InProcessPool:
        from trailbook.adapters.dask.in_process import InProcessPool
        from trailbook.wiring.graders import make_grader

        grader = make_grader(self._first_limits(), self._settings, notebooks=self._released())
        self._running.callback(grader.close)
        jobs = self._join(grader)
        pool = InProcessPool(
            lambda attempt_id: run_job(jobs, attempt_id),
            workers=self._settings.workers,
            scratch_folder=self._settings.state_folder / "dask",
        )
        self._running.callback(pool.close)
        return pool

    def _reach_cluster(self) -> ClusterPool:
        from trailbook.adapters.dask.cluster_pool import ClusterPool
        from trailbook.adapters.dask.grader import ClusterGrader
        from trailbook.services.ports.jobs import DEFAULT_ENVIRONMENT
        from trailbook.wiring.cluster import reach_cluster

        cluster, lessons = reach_cluster(self._settings, lambda: self._storage.blobs)
        jobs = self._join(ClusterGrader(cluster, lessons, DEFAULT_ENVIRONMENT))
        pool = ClusterPool(
            cluster, lessons, lambda attempt_id, grader: run_job(replace(jobs, grader=grader), attempt_id)
        )
        self._running.callback(pool.close)
        return pool

    def _join(self, grader: Grader) -> GradingContext:
        recorder = Recorder(self._record, self._arrivals)
        self._jobs = GradingContext(
            storage=self._storage,
            live=self._live,
            clock=self._clock,
            grader=grader,
            gradebooks=_Gradebooks(self._courses),
            data_folders=self._data_folders,
            arrivals=self._arrivals,
            recorder=recorder,
            lease_seconds=self._settings.lease_seconds,
            max_tries=self._settings.max_tries,
        )
        keeper = LeaseKeeper(self._jobs.leases, self._storage, self._clock, lease_seconds=self._settings.lease_seconds)
        keeper.start()
        self._running.callback(keeper.stop)
        recorder.start()
        self._running.callback(recorder.stop)
        return self._jobs

    def _record(self, attempt_id: str) -> None:
        if self._jobs is not None:
            try_to_record(self._jobs, attempt_id)

    def _data_folders(self, course: Course) -> Mapping[str, str]:
        parts = self._courses.get(course.name)
        if parts is None:
            return {}
        return {relative: str(Path(parts.folder.path) / relative) for relative in course.rules.data}

    def _released(self) -> list[Notebook]:
        """Return the newest release of every lesson of the courses, with its solution and tests."""
        found = []
        with self._storage(read_only=True) as work:
            for course in self._courses:
                for lesson in work.versions.latest_of_course(course):
                    version = work.versions.find_latest(course, lesson)
                    found += [version.source] if version else []
        return found

    def _first_limits(self) -> GradingLimits:
        for parts in self._courses.values():
            course, _ = parts.folder.read_manifest()
            if course is not None:
                return course.grading
        return GradingLimits()


class _Gradebooks(Mapping[str, Gradebook]):
    """Each course's gradebook; a course that is mended while the service runs is found from then on."""

    def __init__(self, courses: CourseFolders) -> None:
        self._courses = courses

    def __getitem__(self, name: str) -> Gradebook:
        return self._courses[name].gradebook

    def __iter__(self) -> Iterator[str]:
        return iter(self._courses)

    def __len__(self) -> int:
        return len(self._courses)
