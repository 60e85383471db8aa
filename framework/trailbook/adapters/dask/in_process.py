"""A Dask cluster inside this process: threads, no port, no dashboard."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from distributed import Client, LocalCluster

from trailbook.adapters.dask.pending import Pending

_runners: dict[int, Callable[[str], None]] = {}
"""What each queue of this process runs. Dask wants tasks it can pickle, and a use case with a database is none."""

_numbers = itertools.count(1)


class DaskQueue:
    """Brings attempts to worker threads of this process; see `trailbook.services.ports.JobQueue`.

    Parameters
    ----------
    run_job
        Runs the attempt with this id.
    workers
        Gradings at the same time.
    """

    def __init__(self, run_job: Callable[[str], None], *, workers: int) -> None:
        self._number = next(_numbers)
        _runners[self._number] = run_job
        self._cluster = LocalCluster(
            n_workers=1,
            threads_per_worker=workers,
            processes=False,
            protocol="inproc://",
            dashboard_address=None,
            worker_dashboard_address=None,
            memory_limit=0,
            silence_logs=False,
        )
        self._client = Client(self._cluster, set_as_default=False)
        self._pending = Pending()

    def dispatch(self, attempt_id: str) -> None:
        """Have the attempt graded; nothing happens while it is dispatched already."""
        self._pending.add(
            attempt_id,
            lambda: self._client.submit(_run, self._number, attempt_id, key=self._pending.key(attempt_id), pure=False),
        )

    def close(self) -> None:
        """Stop taking jobs and let go of the threads; jobs that run are taken back at the next start."""
        self._client.close()
        self._cluster.close()
        _runners.pop(self._number, None)


def _run(number: int, attempt_id: str) -> None:
    run_job = _runners.get(number)
    if run_job is not None:  # else the queue was closed meanwhile
        run_job(attempt_id)
