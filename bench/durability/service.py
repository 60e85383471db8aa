"""The real course service in a process of its own, to be asked and to be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0


class Service:
    """A course service that can be started again on the same port."""

    def __init__(self, settings: Path, hub_api: str, *, grading: bool = True) -> None:
        self._settings = settings
        self._hub_api = hub_api
        self._log = settings.with_name("service.log")
        self._module = "trailbook_service" if grading else "durability.ungraded"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        """Everything it wrote, all its lives."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.begin()
        self.wait_until_up()

    def begin(self) -> None:
        """Start it."""
        search = os.pathsep.join(path for path in sys.path if path)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._settings.parent),
            "PYTHONPATH": search,
            "JUPYTERHUB_API_TOKEN": "the-service",
            "JUPYTERHUB_API_URL": self._hub_api,
            "JUPYTERHUB_CLIENT_ID": "service-trailbook",
            "JUPYTERHUB_SERVICE_NAME": "trailbook",
            "JUPYTERHUB_SERVICE_PREFIX": "/",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{self.port}",
            "TRAILBOOK_SETTINGS": str(self._settings),
        }
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._module], env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait_until_up(self) -> None:
        """Wait until it takes connections."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"the service ended:\n{self.said[-2000:]}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            threading.Event().wait(0.02)
        raise RuntimeError(f"the service did not start:\n{self.said[-2000:]}")

    def kill(self) -> None:
        """Kill it as a crash does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def running(settings: Path, hub_api: str, *, grading: bool = True) -> Iterator[Service]:
    """Run a service, and end it whatever happens."""
    service = Service(settings, hub_api, grading=grading)
    try:
        service.start()
        yield service
    finally:
        service.stop()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
