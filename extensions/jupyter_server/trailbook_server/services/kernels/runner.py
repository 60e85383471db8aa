"""Runs a lesson's cells in a kernel and keeps their outputs; every line it makes goes to the job that asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from trailbook_server.services.kernels.jobs import Job, Line
from trailbook_server.services.kernels.outputs import LessonOutputs
from trailbook_server.services.kernels.session import KernelDied, KernelSession, Message, Reply
from trailbook_server.services.lessons.outline import Cell
from trailbook_server.storage import read_json, write_json

TEST_TAG = "\0test"
QUIET_TAG = "\0quiet"
"""Tags of code whose outputs belong to no cell on the page; a cell id has no NUL."""


class CellRunner:
    """Runs cells, one at a time.

    Parameters
    ----------
    outputs_file
        Where the lesson's outputs are kept.
    max_output_bytes
        Limit for one cell.
    current_job
        Returns the job to tell of outputs that come by themselves.
    """

    def __init__(self, outputs_file: Path, *, max_output_bytes: int, current_job: Callable[[], Job | None]) -> None:
        self.session: KernelSession | None = None
        self.outputs = LessonOutputs(read_json(outputs_file), max_output_bytes)
        self._outputs_file = outputs_file
        self._current_job = current_job
        self._quiet: list[Message] = []

    async def run_answers(self, job: Job, cells: Sequence[Cell], sources: Mapping[str, str]) -> Reply:
        """Run answer cells until one fails; return the last reply."""
        reply = Reply("ok")
        for cell in cells:
            reply = await self.run_shown(job, cell, sources.get(cell.grade_id, cell.source))
            if reply.status != "ok":
                break
        return reply

    async def run_shown(self, job: Job, cell: Cell, source: str) -> Reply:
        """Run a cell with its outputs on the page."""
        self._begin(job, cell)
        started = time.monotonic()
        reply = await self._execute(source, tag=cell.id)
        job.tell(_end_line(cell, reply, seconds=time.monotonic() - started))
        return reply

    async def run_quietly(self, job: Job, cell: Cell) -> None:
        """Run an author's cell that may fail because an answer is not there yet; show it only when it worked."""
        self._quiet.clear()
        started = time.monotonic()
        reply = await self._execute(cell.source, tag=QUIET_TAG)
        if reply.status != "ok":
            return
        self._begin(job, cell)
        for message in self._quiet:
            self._show(cell.id, message)
        job.tell(_end_line(cell, reply, seconds=time.monotonic() - started))

    async def run_test(self, cell: Cell) -> Reply:
        """Run a test cell; what it prints is not shown."""
        return await self._execute(cell.source, tag=TEST_TAG)

    def take(self, tag: str, message: Message) -> None:
        """Take a kernel's message that code with this tag caused."""
        if tag == QUIET_TAG:
            self._quiet.append(message)
        elif tag != TEST_TAG:
            self._show(tag, message)

    def so_far(self, cells: Iterable[str]) -> list[Line]:
        """Return the lines that show the outputs of these cells as they are now."""
        outputs = self.outputs.as_json()
        return [{"type": "update", "cell": cell, "outputs": list(outputs.get(cell, ()))} for cell in cells]

    def save(self) -> None:
        """Write the outputs to disk."""
        write_json(self._outputs_file, self.outputs.as_json())

    def _begin(self, job: Job, cell: Cell) -> None:
        self.outputs.of(cell.id).clear()
        job.tell({"type": "start", "cell": cell.id})

    async def _execute(self, source: str, *, tag: str) -> Reply:
        if self.session is None:
            raise KernelDied
        return await self.session.execute(source, tag=tag)

    def _show(self, cell: str, message: Message) -> None:
        job = self._current_job()
        for line in self.outputs.apply(cell, message):
            if job:
                job.tell(line)


def _end_line(cell: Cell, reply: Reply, *, seconds: float) -> Line:
    return {"type": "end", "cell": cell.id, "status": reply.status, "seconds": round(seconds, 3)}
