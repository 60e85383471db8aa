"""A worker process of a cluster: grades what it is handed, and gives back what it holds when it ends."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Collection, Coroutine
from pathlib import Path
from typing import Any

import dask.config

from trailbook.adapters.dask.grades import Grades
from trailbook.adapters.dask.quiet import QUIET, QuietScheduler, QuietWorker
from trailbook.adapters.dask.secure import TlsFiles, check_address, security_of
from trailbook.adapters.dask.task import environment_resource
from trailbook.domain.errors import Unavailable

CONNECT_SECONDS = 10
RETRY_SECONDS = 1.0
MEMORY_BYTES = 2_000_000_000
"""Of the worker process itself, which holds lessons and results; learner code has its own limits in its sandbox."""

PATIENT = {
    **QUIET,
    # Nothing here is worth writing to a disk, and a worker that is killed for its memory loses what it grades.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.terminate": False,
    "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s",
}
STRICT = {
    **QUIET,
    # One death of a worker is told to the course service, which counts the tries of each job.
    "distributed.scheduler.allowed-failures": 0,
    # A machine that was cut off says no goodbye; its jobs need not wait minutes for it.
    "distributed.scheduler.worker-ttl": "60s",
}

log = logging.getLogger(__name__)


class GradingWorker(QuietWorker):
    """A Dask worker that grades; ``grades`` is set before it starts."""

    grades: Grades


def run_worker(
    address: str,
    files: TlsFiles,
    grades: Grades,
    *,
    places: int,
    environments: Collection[str],
    host: str,
    scratch_folder: Path,
    ready: Callable[[], None],
) -> None:
    """Grade until SIGINT or SIGTERM; what is under way then goes back to the scheduler, for another worker.

    Parameters
    ----------
    places
        Gradings at the same time, ≥ 1.
    host
        Address of this machine at which the scheduler reaches it; "" finds it out.
    ready
        Called once, when it grades.

    Raises
    ------
    Invalid
        ``dask_without_tls``.
    Unavailable
        ``no_workers``: the scheduler does not answer.
    """
    security, address = security_of(files), check_address(address)

    async def start() -> Any:
        worker: Any = GradingWorker(
            address,
            nthreads=places,
            security=security,
            protocol="tls://",
            host=host or None,
            resources={environment_resource(name): places for name in environments},
            memory_limit=MEMORY_BYTES,
            local_directory=str(scratch_folder),
            dashboard=False,
        )
        worker.grades = grades
        try:
            await asyncio.wait_for(worker, 2 * CONNECT_SECONDS)
        except (OSError, TimeoutError) as error:
            raise Unavailable(
                "no_workers", f"The Dask scheduler at {address} does not answer: {error}. Start it first."
            ) from error
        log.warning("Grading for %s in %s, %d at a time.", address, ", ".join(sorted(environments)), places)
        return worker

    async def work() -> None:
        asked = _when_asked_to_stop()
        worker = await start()
        ready()
        while not await _first(asked, worker.finished()):
            log.warning("The scheduler is gone. This machine grades on when there is one at %s again.", address)
            again = await _try(start, until=asked)
            if again is None:
                return
            worker = again
        log.warning("Stopping; what is under way is graded elsewhere.")
        await worker.close_gracefully()

    with dask.config.set(PATIENT):
        asyncio.run(work())


def run_scheduler(files: TlsFiles, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Run a scheduler for grading workers until SIGINT or SIGTERM; ``ready`` is told its address.

    Raises
    ------
    Invalid
        ``dask_without_tls``.
    Unavailable
        ``address_in_use``: it cannot listen there.
    """
    security = security_of(files)

    async def schedule() -> None:
        scheduler: Any = QuietScheduler(protocol="tls://", host=host, port=port, security=security, dashboard=False)
        try:
            await scheduler
        except OSError as error:
            raise Unavailable("address_in_use", f"Cannot listen at {host}:{port}: {error}. Choose another.") from error
        log.warning("The scheduler is at %s", scheduler.address)
        ready(scheduler.address)
        await _first(_when_asked_to_stop(), scheduler.finished())
        await scheduler.close()

    with dask.config.set(STRICT):
        asyncio.run(schedule())


def _when_asked_to_stop() -> asyncio.Future[None]:
    """Return what is done when the process gets SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Future[None] = loop.create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _fulfil, asked)
    return asked


def _fulfil(asked: asyncio.Future[None]) -> None:
    if not asked.done():  # people press Ctrl-C more than once
        asked.set_result(None)


async def _try(start: Callable[[], Awaitable[Any]], *, until: asyncio.Future[None]) -> Any:
    """Return what could be started, None when the process was asked to stop before."""
    while not until.done():
        try:
            return await start()
        except Unavailable:
            await asyncio.wait([until], timeout=RETRY_SECONDS)
    return None


async def _first(asked: asyncio.Future[None], ended: Coroutine[Any, Any, None]) -> bool:
    """Wait for the first of the two, and say whether it is the one that was asked for."""
    other = asyncio.ensure_future(ended)
    await asyncio.wait([asked, other], return_when=asyncio.FIRST_COMPLETED)
    other.cancel()
    return asked.done()
