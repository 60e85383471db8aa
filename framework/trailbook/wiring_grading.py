"""Joins grading: the queue, the worker's job, the sandbox. Loaded only where something is graded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailbook.config import Settings
from trailbook.services.context import Context
from trailbook.wiring_courses import CourseFolders

if TYPE_CHECKING:
    from trailbook.adapters.dask import DaskQueue
    from trailbook.adapters.sandbox import SandboxGrader


class Grading:
    """The job queue, which grades nothing before it is started: a job is a row of the database until then."""

    context: Context

    def __init__(self, settings: Settings, courses: CourseFolders) -> None:
        self._settings = settings
        self._courses = courses
        self._queue: DaskQueue | None = None
        self._grader: SandboxGrader | None = None

    def start(self) -> None:
        """Start the workers."""
        from trailbook.adapters.dask import DaskQueue
        from trailbook.adapters.sandbox import SandboxGrader

        self._grader = SandboxGrader(insecure=self._settings.insecure)
        self._queue = DaskQueue(self._settings, self._run)

    def stop(self) -> None:
        """Stop the workers; what they were at is taken up after the next start."""
        if self._queue is not None:
            self._queue.close()
        if self._grader is not None:
            self._grader.close()
        self._queue = self._grader = None

    def dispatch(self, attempt_id: str) -> None:
        """Bring a job to a worker."""
        if self._queue is not None:
            self._queue.dispatch(attempt_id)

    def recover(self) -> None:
        """Bring every job that nobody works on to a worker."""

    def _run(self, attempt_id: str) -> None:
        """Grade one job, in a worker."""
