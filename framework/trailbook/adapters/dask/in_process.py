"""A Dask cluster inside this process: threads, no port, no dashboard."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.config
from distributed import Client, Scheduler, SpecCluster, Worker
from distributed.http.routing import RoutingApplication
from tornado.httpserver import HTTPServer

from trailbook.adapters.dask.pending import Pending

_runners: dict[int, Callable[[str], None]] = {}
"""What each queue of this process runs. Dask wants tasks it can pickle, and a use case with a database is none."""

CLOSE_SECONDS = 5.0

QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.gil.enabled": False,
}
"""Dask watches itself many times a second for pages nobody sees here: most of what an idle service would do."""

_numbers = itertools.count(1)


class NoPages:
    """Keeps a Dask server from serving its pages: it does so on every address of the machine, for anyone, always."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Make what the server expects to have, and listen nowhere."""
        self.http_application = RoutingApplication([])  # type: ignore[no-untyped-call]
        self.http_server = HTTPServer(self.http_application)


class SilentScheduler(NoPages, Scheduler):
    """A scheduler without a port."""


class SilentWorker(NoPages, Worker):
    """A worker without a port."""


class DaskQueue:
    """Brings attempts to worker threads of this process; see `trailbook.services.ports.JobQueue`.

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
        _runners[self._number] = run_job
        scratch = {"local_directory": str(scratch_folder)} if scratch_folder else {}
        options = {"protocol": "inproc://", "host": None, "port": 0}
        with dask.config.set(QUIET):
            self._cluster: Any = SpecCluster(  # type: ignore[no-untyped-call]
                scheduler={"cls": SilentScheduler, "options": {**options, "dashboard": False}},
                workers={
                    0: {"cls": SilentWorker, "options": {**options, **scratch, "nthreads": workers, "memory_limit": 0}}
                },
                silence_logs=logging.WARNING,
            )
        self._client: Any = Client(self._cluster, set_as_default=False)  # type: ignore[no-untyped-call]
        self._pending = Pending()

    def dispatch(self, attempt_id: str) -> None:
        """Have the attempt graded; nothing happens while it is dispatched already."""
        self._pending.add(
            attempt_id,
            lambda: self._client.submit(_run, self._number, attempt_id, key=self._pending.key(attempt_id), pure=False),
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
    if run_job is not None:  # else the queue was closed meanwhile
        run_job(attempt_id)
