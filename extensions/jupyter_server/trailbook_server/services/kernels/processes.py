"""Kernel processes, through the server's own kernel manager, so that widgets on the page can reach them too."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import KernelManager
from jupyter_core.utils import ensure_async

from trailbook.domain.errors import Unavailable
from trailbook_server.services.kernels.environment import kernel_environment
from trailbook_server.services.lessons.manager import OpenLesson


class KernelProcesses:
    """Starts, restarts and ends processes.

    Parameters
    ----------
    kernels
        Jupyter Server's `AsyncMappingKernelManager`.
    """

    def __init__(self, kernels: Any) -> None:
        self._kernels = kernels

    def __contains__(self, kernel_id: str) -> bool:
        return kernel_id in self._kernels

    def get(self, kernel_id: str) -> KernelManager:
        """Return the manager of one kernel."""
        manager: KernelManager = self._kernels.get_kernel(kernel_id)
        return manager

    async def is_alive(self, kernel_id: str) -> bool:
        """Whether the process runs."""
        return kernel_id in self and bool(await ensure_async(self.get(kernel_id).is_alive()))

    def idle_since(self, kernel_id: str) -> datetime:
        """Return when the kernel last did something."""
        moment: datetime = self._kernels.get_kernel(kernel_id).last_activity
        return moment

    async def start(self, lesson: OpenLesson) -> str:
        """Start a process for a lesson, in the lesson's folder, with a listed environment; return its id.

        Raises
        ------
        Unavailable
            It cannot be started.
        """
        name = lesson.notebook.get("metadata", {}).get("kernelspec", {}).get("name", "")
        if name not in await ensure_async(self._kernels.kernel_spec_manager.get_all_specs()):
            # A notebook written elsewhere, or without a kernel: the course's language is this server's.
            name = self._kernels.default_kernel_name
        environment = kernel_environment(os.environ)
        try:
            kernel_id = await ensure_async(
                self._kernels.start_kernel(kernel_name=name, cwd=str(lesson.folder), env=environment)
            )
        except (NoSuchKernel, OSError, RuntimeError) as error:
            raise _not_started() from error
        # A process that dies is told to the learner, who runs the cell again; a silent restart would only
        # show as names that are suddenly unknown.
        manager: Any = self.get(kernel_id)
        manager.stop_restarter()
        manager.autorestart = False
        return str(kernel_id)

    async def restart(self, kernel_id: str) -> None:
        """End the process at once and start another under the same id."""
        try:
            answer = await ensure_async(self._kernels.restart_kernel(kernel_id, now=True))
            await answer
        except (OSError, RuntimeError, TimeoutError) as error:
            raise _not_started() from error

    async def interrupt(self, kernel_id: str) -> None:
        """Interrupt what runs."""
        await ensure_async(self._kernels.interrupt_kernel(kernel_id))

    async def shut_down(self, kernel_id: str) -> None:
        """End the process."""
        if kernel_id in self:
            await ensure_async(self._kernels.shutdown_kernel(kernel_id, now=True))


def _not_started() -> Unavailable:
    return Unavailable(
        "kernel_not_started",
        "Python could not be started for this lesson. Try again; if it stays so, tell your teacher.",
    )
