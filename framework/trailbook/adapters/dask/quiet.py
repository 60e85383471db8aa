"""Dask's scheduler and worker without their web pages, and without watching themselves for them."""

from __future__ import annotations

from typing import Any

from distributed import Scheduler, Worker
from distributed.http.routing import RoutingApplication
from tornado.httpserver import HTTPServer

QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.gil.enabled": False,
}
"""Dask watches itself many times a second for pages nobody sees here: most of what an idle service would do."""


class NoPages:
    """Keeps a Dask server from serving its pages: it does so on every address of the machine, for anyone, always."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Make what the server expects to have, and listen nowhere."""
        self.http_application = RoutingApplication([])  # type: ignore[no-untyped-call]
        self.http_server = HTTPServer(self.http_application)


class QuietScheduler(NoPages, Scheduler):
    """A scheduler without pages."""


class QuietWorker(NoPages, Worker):
    """A worker without pages."""
