"""The Jupyter Server extension: its options, its routes, its start and its end."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import cast

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from tornado.ioloop import IOLoop, PeriodicCallback
from traitlets import Bool, Float, Integer, Unicode, default

from trailbook_server.course_service import CourseService
from trailbook_server.parts import Parts
from trailbook_server.services.assets.handlers import handlers as asset_handlers
from trailbook_server.services.attempts.handlers import handlers as attempt_handlers
from trailbook_server.services.drafts.handlers import handlers as draft_handlers
from trailbook_server.services.drafts.manager import DraftManager
from trailbook_server.services.events.handlers import handlers as event_handlers
from trailbook_server.services.events.manager import PageEvents
from trailbook_server.services.events.reports import ProgressReports
from trailbook_server.services.help.handlers import handlers as help_handlers
from trailbook_server.services.kernels.handlers import handlers as kernel_handlers
from trailbook_server.services.kernels.manager import LessonKernels
from trailbook_server.services.kernels.processes import KernelProcesses
from trailbook_server.services.lessons.handlers import handlers as lesson_handlers
from trailbook_server.services.lessons.manager import LessonManager, OpenLesson
from trailbook_server.services.lessons.renderer import LessonRenderer

LONGEST_SOCKET_FOLDER = 50
"""A Unix socket's path has at most 107 bytes; a kernel's own part of it takes 51."""

all_handlers = [
    *lesson_handlers,
    *draft_handlers,
    *kernel_handlers,
    *attempt_handlers,
    *event_handlers,
    *help_handlers,
    *asset_handlers,
]


class TrailbookExtension(ExtensionApp):
    """Lessons of the course service, on the learner's own server."""

    name = "trailbook_server"
    load_other_extensions = True

    service_url = Unicode(
        help="Address of the course service with its prefix. Default: TRAILBOOK_SERVICE_URL of the environment."
    ).tag(config=True)
    token = Unicode(
        help="This server's token for the course service. Default: JUPYTERHUB_API_TOKEN of the environment."
    ).tag(config=True)
    home_url = Unicode(default_value="/services/trailbook/", help="Address of Home in the browser.").tag(config=True)
    insecure = Bool(help="Whether pages say that there is no sandbox. Default: true when TRAILBOOK_INSECURE is 1.").tag(
        config=True
    )
    max_kernels = Integer(
        default_value=3, min=1, help="Kernels at a time, ≥ 1; the idle one used longest ago gives way to one more."
    ).tag(config=True)
    max_output_bytes = Integer(
        default_value=2_000_000, min=1000, help="Bytes of output kept and shown for one cell, ≥ 1000."
    ).tag(config=True)
    cull_idle_seconds = Float(
        default_value=1800.0, min=0.1, help="Seconds without activity after which a kernel is ended, ≥ 0.1."
    ).tag(config=True)
    retry_seconds = Float(
        default_value=2.0, min=0.01, help="Seconds between tries to reach a course service that is down, ≥ 0.01."
    ).tag(config=True)
    state_dir = Unicode(help="Folder of drafts, outputs and working folders. Default: ~/.trailbook.").tag(config=True)

    @default("service_url")
    def _default_service_url(self) -> str:
        return os.environ.get("TRAILBOOK_SERVICE_URL", "")

    @default("token")
    def _default_token(self) -> str:
        return os.environ.get("JUPYTERHUB_API_TOKEN", "")

    @default("insecure")
    def _default_insecure(self) -> bool:
        return os.environ.get("TRAILBOOK_INSECURE", "") == "1"

    @default("state_dir")
    def _default_state_dir(self) -> str:
        return str(Path.home() / ".trailbook")

    def initialize_settings(self) -> None:
        """Make the managers."""
        self._give_sockets_room()
        state = Path(self.state_dir)
        server = cast(ServerApp, self.serverapp)
        service = CourseService(self.service_url, self.token)
        page_events = PageEvents(service, retry_seconds=self.retry_seconds)

        def tell_kernel_gone(lesson: OpenLesson, reason: str) -> None:
            data = {"course": lesson.course, "lesson": str(lesson.key), "state": "none", "reason": reason}
            page_events.publish("kernel", data)

        self.parts = Parts(
            home_url=self.home_url,
            service=service,
            lessons=LessonManager(service, state / "work"),
            renderer=LessonRenderer(
                base_url=server.base_url, home_url=self.home_url, insecure=self.insecure, config=server.config
            ),
            drafts=DraftManager(state / "lessons"),
            kernels=LessonKernels(
                KernelProcesses(server.kernel_manager),
                folder=state / "lessons",
                max_kernels=self.max_kernels,
                max_output_bytes=self.max_output_bytes,
                on_gone=tell_kernel_gone,
            ),
            reports=ProgressReports(service, retry_seconds=self.retry_seconds),
            page_events=page_events,
        )
        self.settings["trailbook_parts"] = self.parts
        self._culling = PeriodicCallback(self._cull, 1000 * min(60.0, self.cull_idle_seconds / 4))
        self._culling.start()
        IOLoop.current().add_callback(self.parts.renderer.warm_up)

    def initialize_handlers(self) -> None:
        """Add the routes."""
        self.handlers.extend(all_handlers)

    async def stop_extension(self) -> None:
        """End kernels, streams and connections."""
        self._culling.stop()
        await self.parts.close()
        if self._sockets is not None:
            self._sockets.cleanup()

    async def _cull(self) -> None:
        await self.parts.kernels.cull(idle_seconds=self.cull_idle_seconds)

    def _give_sockets_room(self) -> None:
        """Put kernels' sockets where their paths are short enough, when the runtime folder is not."""
        kernels = cast(ServerApp, self.serverapp).kernel_manager
        self._sockets: tempfile.TemporaryDirectory[str] | None = None
        if len(os.fsencode(kernels.connection_dir)) > LONGEST_SOCKET_FOLDER:
            self._sockets = tempfile.TemporaryDirectory(prefix="tb-")
            kernels.connection_dir = self._sockets.name
