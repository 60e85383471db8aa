"""The kernels of this learner's lessons: one each, few at a time, and none that nobody uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Conflict, NotFound
from trailbook_server.services.kernels.kernel import LessonKernel
from trailbook_server.services.kernels.processes import KernelProcesses
from trailbook_server.services.lessons.manager import OpenLesson
from trailbook_server.storage import lesson_folder

Gone = Callable[[OpenLesson, str], None]


class LessonKernels:
    """Finds, makes and ends the kernels of lessons.

    Parameters
    ----------
    processes
        Starts and ends kernel processes.
    folder
        Where outputs are kept, a folder a lesson.
    max_kernels
        How many may run at a time; the one used longest ago gives way.
    max_output_bytes
        Limit of the outputs of one cell.
    on_gone
        Called when a kernel was ended: with its lesson and why (``limit``, ``culled`` or ``died``).
    """

    def __init__(
        self, processes: KernelProcesses, *, folder: Path, max_kernels: int, max_output_bytes: int, on_gone: Gone
    ) -> None:
        self._processes = processes
        self._folder = folder
        self._max_kernels = max_kernels
        self._max_output_bytes = max_output_bytes
        self._on_gone = on_gone
        self._kernels: dict[tuple[str, LessonKey], LessonKernel] = {}

    async def of(self, lesson: OpenLesson) -> LessonKernel:
        """Return the lesson's kernel, for the lesson as it is open now; its process may have to be started yet."""
        name = (lesson.course, lesson.key)
        kernel = self._kernels.get(name)
        if kernel is not None and kernel.id and kernel.id not in self._processes:
            # Ended from outside, through Jupyter's own address.
            await kernel.close()
            kernel = None
        if kernel is None:
            kernel = self._kernels[name] = LessonKernel(
                lesson,
                processes=self._processes,
                make_room=self._make_room,
                outputs_file=lesson_folder(self._folder, lesson.course, lesson.key) / "outputs.json",
                max_output_bytes=self._max_output_bytes,
            )
        elif kernel.state == "idle" and not await self._processes.is_alive(kernel.id):
            await kernel.notice_death()
        kernel.lesson = lesson
        return kernel

    def require(self, kernel_id: str) -> None:
        """Refuse the id of a kernel that is none of ours.

        Raises
        ------
        NotFound
            No lesson has this kernel.
        """
        if not any(kernel.id == kernel_id for kernel in self._kernels.values()):
            raise NotFound("unknown_kernel", "This lesson's Python has stopped. Run a cell to start it again.")

    async def cull(self, *, idle_seconds: float) -> None:
        """End kernels that did nothing for this long, and note those that died."""
        now = datetime.now(UTC)
        for kernel in list(self._kernels.values()):
            if kernel.state != "idle":
                continue
            if not await self._processes.is_alive(kernel.id):
                await kernel.notice_death()
                self._on_gone(kernel.lesson, "died")
            elif (now - self._processes.idle_since(kernel.id)).total_seconds() > idle_seconds:
                await self._end(kernel, "culled")

    async def close(self) -> None:
        """End every kernel."""
        for kernel in list(self._kernels.values()):
            await kernel.close()
        self._kernels.clear()

    async def _make_room(self) -> None:
        running = [kernel for kernel in self._kernels.values() if kernel.id in self._processes]
        if len(running) < self._max_kernels:
            return
        idle = [kernel for kernel in running if kernel.state != "busy"]
        if not idle:
            raise Conflict(
                "kernel_limit",
                f"{len(running)} other lessons run code at the moment. Wait for one to finish, or stop it.",
            )
        await self._end(min(idle, key=lambda kernel: self._processes.idle_since(kernel.id)), "limit")

    async def _end(self, kernel: LessonKernel, why: str) -> None:
        del self._kernels[kernel.lesson.course, kernel.lesson.key]
        await kernel.close()
        self._on_gone(kernel.lesson, why)
