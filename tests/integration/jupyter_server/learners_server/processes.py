"""The two processes under test: the real course service for one person, and that person's Jupyter Server."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx

from trailbook_server.lean import config_file

START_SECONDS = 60
BASE_URL = "/a%40b/"


class Process:
    """A server process that can be stopped and started again; its state stays."""

    def __init__(self, command: list[str], environment: dict[str, str], *, log: Path, ask: str) -> None:
        self._command, self._environment, self._log, self._ask = command, environment, log, ask
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Whether it was started and not stopped."""
        return self._process is not None

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, cwd=self._log.parent
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log()
            try:
                httpx.get(self._ask, timeout=5)
            except httpx.TransportError:
                time.sleep(0.05)  # a process that starts has no event to wait for
            else:
                return
        raise AssertionError(f"It did not start:\n{self.log()}")

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=30)
            self._process = None

    def log(self) -> str:
        """Return what it wrote."""
        return self._log.read_text()


class CourseService(Process):
    """The course service of one course."""

    def __init__(self, course: Path, state: Path, *, person: str) -> None:
        self.course = course
        self.token = secrets.token_hex(16)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/services/trailbook/"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(state),
            "TZ": "Pacific/Tongatapu",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
            "TRAILBOOK_STATE_FOLDER": str(state),
            "TRAILBOOK_COURSES": str(course),
            "TRAILBOOK_IDENTITY": "single",
            "TRAILBOOK_TOKEN": self.token,
            "TRAILBOOK_SINGLE_NAME": person,
            "TRAILBOOK_INSECURE": "1",
            "TRAILBOOK_LEARNER_SERVER_URL": BASE_URL,
        }
        command = [sys.executable, "-m", "trailbook_service"]
        super().__init__(command, environment, log=state / "service.log", ask=f"{self.url}api/v1/me")

    def prepare(self) -> None:
        """Make the database and release the course."""
        self.command("db", "upgrade")
        self.release()

    def release(self) -> None:
        """Release the course as it is on disk now."""
        self.command("release", str(self.course))

    def command(self, *arguments: str) -> None:
        """Run a `trailbook` command to its end."""
        command = [str(Path(sys.executable).with_name("trailbook")), *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def reported(self) -> list[str]:
        """Return the kinds of events that learners' servers reported, in order."""
        with closing(sqlite3.connect(self._log.parent / "trailbook.db")) as database:
            return [kind for (kind,) in database.execute("SELECT kind FROM events WHERE NOT trusted ORDER BY id")]


class LearnerServer(Process):
    """A learner's Jupyter Server with our extension alone, below an odd base URL and in a deep folder."""

    def __init__(self, service: CourseService, home: Path, *, options: tuple[str, ...] = ()) -> None:
        self.home = home
        self.token = secrets.token_hex(16)
        port = free_port()
        self.origin = f"http://127.0.0.1:{port}"
        self.url = self.origin + BASE_URL
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TZ": "Pacific/Tongatapu",
            "JUPYTERHUB_API_TOKEN": service.token,
            "TRAILBOOK_SERVICE_URL": service.url,
            "TRAILBOOK_INSECURE": "1",
        }
        command = [
            sys.executable,
            "-m",
            "jupyter_server",
            f"--config={config_file()}",
            f"--port={port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.base_url={BASE_URL}",
            f"--ServerApp.root_dir={home}",
            "--ServerApp.allow_root=True",
            f"--IdentityProvider.token={self.token}",
            "--TrailbookExtension.retry_seconds=0.05",
            *options,
        ]
        super().__init__(command, environment, log=home / "server.log", ask=f"{self.url}api")


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
