"""Jobs on one kernel, one after the other, each with readers that may come late or leave early."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

_log = logging.getLogger(__name__)

Line = dict[str, Any]


class Job:
    """One thing to do on a kernel. Its lines go to whoever reads; nobody has to.

    Parameters
    ----------
    work
        Does it, given the job to tell lines to; returns how it ended: ``ok``, ``error`` or ``aborted``.
    catch_up
        Returns the lines a late reader needs first, such as the outputs so far.
    """

    def __init__(self, work: Callable[[Job], Awaitable[str]], catch_up: Callable[[Job], list[Line]]) -> None:
        self.touched: list[str] = []  # the cells whose outputs this job changed
        self._work = work
        self._catch_up = catch_up
        self._readers: list[asyncio.Queue[Line | None]] = []
        self.ended = False
        self._started = False

    def tell(self, line: Line) -> None:
        """Give a line to every reader."""
        cell = line.get("cell")
        if cell is not None and cell not in self.touched:
            self.touched.append(cell)
        for reader in self._readers:
            reader.put_nowait(line)

    def read(self) -> AsyncIterator[Line]:
        """Return the job's lines from now on; reading starts with this call, not with the first line."""
        reader: asyncio.Queue[Line | None] = asyncio.Queue()
        if self._started and not self.ended:
            for line in self._catch_up(self):
                reader.put_nowait(line)
        if self.ended:
            reader.put_nowait(None)
        self._readers.append(reader)
        return _drain(reader)

    async def run(self) -> None:
        """Do the work; tell how it ended."""
        self._started = True
        status = "error"
        try:
            status = await self._work(self)
        except asyncio.CancelledError:
            status = "aborted"
            raise
        finally:
            self.end(status)

    def end(self, status: str) -> None:
        """Tell the readers that nothing more comes."""
        self.ended = True
        self.tell({"type": "done", "status": status})
        for reader in self._readers:
            reader.put_nowait(None)


class JobLine:
    """The queue of one kernel's jobs, worked off by one task."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._current: Job | None = None
        self._worker: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self.unfinished)

    @property
    def unfinished(self) -> list[Job]:
        """The job that runs and those that wait, in order."""
        return [job for job in (self._current, *self._waiting) if job is not None and not job.ended]

    @property
    def current(self) -> Job | None:
        """The job that runs."""
        return self._current

    def add(self, job: Job) -> Job:
        """Put a job at the end of the queue."""
        self._waiting.append(job)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return job

    def drop_waiting(self) -> None:
        """End the jobs that have not begun."""
        while self._waiting:
            self._waiting.popleft().end("aborted")

    async def stop(self) -> None:
        """End every job, the running one too."""
        self.drop_waiting()
        if self._worker is not None and not self._worker.done():
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _work(self) -> None:
        while self._waiting:
            self._current = self._waiting.popleft()
            try:
                # A defect in one job must not keep the next ones from running; its reader was told `error`.
                for defect in await asyncio.gather(self._current.run(), return_exceptions=True):
                    if defect is not None:
                        _log.error("A job on a kernel failed.", exc_info=defect)
            finally:
                if not self._current.ended:  # stopped before it began
                    self._current.end("aborted")
                self._current = None


async def _drain(reader: asyncio.Queue[Line | None]) -> AsyncIterator[Line]:
    while (line := await reader.get()) is not None:
        yield line
