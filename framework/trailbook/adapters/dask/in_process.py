"""A Dask cluster inside this process: threads, no port, no dashboard."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import dask.config
from distributed import Client, SpecCluster

from trailbook.adapters.dask.pending import Pending
from trailbook.adapters.dask.quiet import QUIET, QuietScheduler, QuietWorker
from trailbook.services.ports.jobs import DEFAULT_ENVIRONMENT, QueuedJob

_runners: dict[int, Callable[[str], None]] = {}
"""What each pool of this process runs. Dask wants tasks it can pickle, and a use case with a database is none."""

CLOSE_SECONDS = 5.0

_numbers = itertools.count(1)


class InProcessPool:
    """Worker threads of this process; see `trailbook.services.ports.jobs.Pool`.

    Parameters
    ----------
    run_job
        Runs the attempt with this id.
    workers
        Gradings at the same time.
    scratch_folder
        Where Dask may write; the system's temporary folder when None.
    """

    def __init__(self, run_job: Callable[[str], None], *, workers: int, scratch_folder: Path | None = None) -> None:
        self._number = next(_numbers)
        self._workers = workers
        _runners[self._number] = run_job
        scratch = {"local_directory": str(scratch_folder)} if scratch_folder else {}
        options = {"protocol": "inproc://", "host": None, "port": 0}
        with dask.config.set(QUIET):
            self._cluster: Any = SpecCluster(  # type: ignore[no-untyped-call]
                scheduler={"cls": QuietScheduler, "options": {**options, "dashboard": False}},
                workers={
                    0: {"cls": QuietWorker, "options": {**options, **scratch, "nthreads": workers, "memory_limit": 0}}
                },
                silence_logs=logging.WARNING,
            )
        self._client: Any = Client(self._cluster, set_as_default=False)  # type: ignore[no-untyped-call]
        self._pending = Pending()

    def places(self) -> Mapping[str, int]:
        """Return how many gradings can run at the same time, in the default environment: this process's own."""
        return {DEFAULT_ENVIRONMENT: self._workers}

    def start(self, job: QueuedJob, environment: str, ended: Callable[[], None]) -> None:
        """Have the job graded by a thread, before all of a later priority that did not begin yet."""
        self._pending.add(
            job.id,
            lambda key: self._client.submit(
                _run, self._number, job.id, key=key, pure=False, priority=-int(job.priority)
            ),
            ended,
        )

    def close(self) -> None:
        """Take no more jobs, give those that run a moment to end, and let go of the threads.

        What does not end in time, and what was waiting, is run after the next start.
        """
        _runners.pop(self._number, None)
        self._pending.wait(CLOSE_SECONDS)
        self._pending.forget()
        self._client.close()
        self._cluster.close()


def _run(number: int, attempt_id: str) -> None:
    run_job = _runners.get(number)
    if run_job is not None:  # else the pool was closed meanwhile
        run_job(attempt_id)
