"""The real course service in a process of its own, to be asked and to be killed."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from durability.processes import begin

START_SECONDS = 60.0
STOP_SECONDS = 20.0


class Service:
    """A course service that can be started again on the same port."""

    def __init__(self, settings: Path, hub_api: str) -> None:
        self._settings = settings
        self._hub_api = hub_api
        self._log = settings.with_name("service.log")
        self._process: BaseProcess | None = None
        self.port = free_port()

    @property
    def said(self) -> str:
        """Everything it wrote, all its lives."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    @property
    def pid(self) -> int:
        """Which process it is."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def begin(self) -> None:
        """Start it."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._settings.parent),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "JUPYTERHUB_API_TOKEN": "the-service",
            "JUPYTERHUB_API_URL": self._hub_api,
            "JUPYTERHUB_CLIENT_ID": "service-trailbook",
            "JUPYTERHUB_SERVICE_NAME": "trailbook",
            "JUPYTERHUB_SERVICE_PREFIX": "/",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{self.port}",
            "TRAILBOOK_SETTINGS": str(self._settings),
        }
        self._process = begin(_serve, environment=environment, log=self._log)

    def wait_until_up(self) -> None:
        """Wait until it takes connections."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or not self._process.is_alive():
                raise RuntimeError(f"the service ended:\n{self.said[-2000:]}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            threading.Event().wait(0.02)
        raise RuntimeError(f"the service did not start:\n{self.said[-2000:]}")

    def kill(self) -> None:
        """Kill it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None:
            self._process.terminate()
            self._process.join(STOP_SECONDS)
            self.kill()


@contextmanager
def running(settings: Path, hub_api: str) -> Iterator[Service]:
    """Run a service, and end it whatever happens."""
    service = Service(settings, hub_api)
    try:
        service.begin()
        service.wait_until_up()
        yield service
    finally:
        service.stop()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _serve() -> None:
    from trailbook_service.__main__ import main

    main()
