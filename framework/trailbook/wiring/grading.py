"""Joins grading: the queue, the worker's job, the sandbox. Loaded only where something is graded."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trailbook.config import SETTINGS_VARIABLE, Settings, load_settings
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Invalid
from trailbook.services.context import Context
from trailbook.services.grading_context import GradingContext
from trailbook.services.ports import Gradebook
from trailbook.services.recover_jobs import recover_jobs, take_back_jobs
from trailbook.services.run_job import run_job
from trailbook.wiring.courses import CourseFolders

if TYPE_CHECKING:
    from trailbook.adapters.dask import ClusterQueue, DaskQueue
    from trailbook.adapters.sandbox import SandboxGrader


class Grading:
    """The job queue, which grades nothing before it is started: a job is a row of the database until then."""

    context: Context

    def __init__(self, settings: Settings, courses: CourseFolders) -> None:
        self._settings = settings
        self._courses = courses
        self._queue: DaskQueue | ClusterQueue | None = None
        self._grader: SandboxGrader | None = None
        self._jobs: GradingContext | None = None

    def start(self) -> None:
        """Start the workers, or reach for those of the cluster, and take up what was left ungraded.

        Raises
        ------
        Unavailable
            ``no_sandbox``: learner code cannot be run safely here; ``no_workers``: the cluster does not answer.
        Invalid
            The settings of the cluster do not make an encrypted connection.
        """
        if self._settings.dask_address:
            self._jobs = self.start_worker(warm=False)
            self._queue = self._reach_cluster()
        else:
            from trailbook.adapters.dask import DaskQueue

            self._jobs = self.start_worker()
            take_back_jobs(self._jobs)
            scratch = self._settings.state_folder / "dask"
            self._queue = DaskQueue(self._run, workers=self._settings.workers, scratch_folder=scratch)
        self.recover()

    def start_worker(self, *, warm: bool = True) -> GradingContext:
        """Return what grades jobs in this process.

        Parameters
        ----------
        warm
            Make sure now that the sandbox works, and start a first box.
        """
        from trailbook.adapters.sandbox import SandboxGrader

        self._grader = SandboxGrader(insecure=self._settings.insecure, spares=1 if warm else 0)
        if warm:
            self._grader.warm_up(self._first_limits())
        return GradingContext(
            storage=self.context.storage,
            live=self.context.live,
            clock=self.context.clock,
            grader=self._grader,
            gradebooks=_Gradebooks(self._courses),
            lease_seconds=self._settings.lease_seconds,
            max_tries=self._settings.max_tries,
        )

    def stop(self) -> None:
        """Stop the workers; what they were at is taken up after the next start."""
        if self._queue is not None:
            self._queue.close()
        if self._grader is not None:
            self._grader.close()
        self._queue = self._grader = self._jobs = None

    def dispatch(self, attempt_id: str) -> None:
        """Bring a job to a worker."""
        if self._queue is not None:
            self._queue.dispatch(attempt_id)

    def recover(self) -> None:
        """Bring every job that nobody works on to a worker."""
        if self._jobs is not None:
            recover_jobs(self._jobs, self)

    def _run(self, attempt_id: str) -> None:
        """Grade one job, in a worker thread."""
        if self._jobs is not None:
            run_job(self._jobs, attempt_id)

    def _reach_cluster(self) -> ClusterQueue:
        from trailbook.adapters.dask import ClusterQueue

        settings_path = os.environ.get(SETTINGS_VARIABLE)
        if not settings_path:
            raise Invalid(
                "no_settings_file",
                f"Workers of a Dask cluster read the settings from a file. Name one in {SETTINGS_VARIABLE}.",
            )
        return ClusterQueue(
            self._settings.dask_address,
            ca_file=self._settings.dask_tls_ca,
            cert=self._settings.dask_tls_cert,
            key=self._settings.dask_tls_key,
            task=run_on_cluster,
            settings_path=Path(settings_path),
        )

    def _first_limits(self) -> GradingLimits:
        for parts in self._courses.values():
            course, _ = parts.folder.read_manifest()
            if course is not None:
                return course.grading
        return GradingLimits()


def run_on_cluster(settings_path: str, attempt_id: str) -> None:
    """Grade one job in a worker process of a cluster; the course service learns of it from the log."""
    run_job(_worker(settings_path), attempt_id)


@functools.cache
def _worker(settings_path: str) -> GradingContext:
    """Return what grades jobs in this worker process; made once."""
    from trailbook.wiring.application import build

    return build(load_settings(Path(settings_path))).grading.start_worker()


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
