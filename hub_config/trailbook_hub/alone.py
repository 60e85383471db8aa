"""A course for one person: the course service and one learner's server, without a hub."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import yaml

from trailbook.domain.errors import NotFound, Unavailable
from trailbook_hub.boxes import learner_arguments, learner_box, learner_environment
from trailbook_hub.demo.checks import free_ports
from trailbook_hub.environment import contained_environment
from trailbook_hub.processes import Child, leaving_nothing, running, wait_until_ready

NAME = "me"
"""The one person's name, in addresses and in the gradebook."""


@dataclass(frozen=True)
class OpenCourse:
    """A course that is open.

    Attributes
    ----------
    url
        The address to open first: it signs this browser in to both servers, and nobody else knows it.
    state
        Where answers, points and drafts are kept.
    """

    url: str
    state: Path
    parts: tuple[Child, ...]

    def wait(self) -> int:
        """Wait until a part ends by itself, which it should not, and return 1."""
        while all(part.poll() is None for part in self.parts):
            time.sleep(0.5)
        sys.stderr.write(f"trailbook: a part ended by itself; the logs in {self.state / 'logs'} say why.\n")
        return 1


@contextmanager
def opened(course: Path, *, port: int, insecure: bool, say: Callable[[str], None]) -> Iterator[OpenCourse]:
    """Start both parts for a course, and stop them at the end.

    Raises
    ------
    NotFound
        ``no_course``: the folder has no course.yaml.
    Unavailable
        A part did not start, or the course could not be released.
    """
    if not (course / "course.yaml").is_file():
        raise NotFound("no_course", f"{course} has no course.yaml. `trailbook init {course}` writes one.")
    alone = _Alone(course, port=port, server_port=free_ports(1)[0], insecure=insecure)
    alone.make_folders()
    alone.release(say)
    say("Starting")
    with leaving_nothing(), alone.service() as service, alone.server() as server:
        wait_until_ready(service, f"{alone.service_url}api/v1/me", name="The course service", log=alone.log("service"))
        wait_until_ready(server, f"{alone.server_url}api", name="The server", log=alone.log("server"))
        yield OpenCourse(alone.first_url, alone.state, (service, server))


class _Alone:
    """Addresses, secrets, files and commands of one opened course."""

    def __init__(self, course: Path, *, port: int, server_port: int, insecure: bool) -> None:
        self.course = course
        self.state = course / ".trailbook"
        self.insecure = insecure
        self.origin = f"http://127.0.0.1:{port}"
        self.service_url = f"{self.origin}/services/trailbook/"
        self.server_port = server_port
        self.server_url = f"http://127.0.0.1:{server_port}/user/{NAME}/"
        self._service_token, self._server_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)

    @property
    def first_url(self) -> str:
        """The link that signs a browser in to the learner's server and then to the course service."""
        then = f"{self.service_url}?token={self._service_token}"
        return f"{self.server_url}login?token={self._server_token}&next={quote(then, safe='')}"

    @property
    def home(self) -> Path:
        """The home of the learner's server."""
        return self.state / "home"

    def log(self, name: str) -> Path:
        """Return the log of a part."""
        return self.state / "logs" / f"{name}.log"

    def make_folders(self) -> None:
        """Make the state folder and write the course service's settings."""
        for name in ("home", "logs", "service", "tmp"):
            (self.state / name).mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o700)
        settings = {
            "state_folder": "service",
            "courses": [str(self.course)],
            "identity": "single",
            "single_name": NAME,
            "learner_server_url": f"http://127.0.0.1:{self.server_port}/user/{{name}}/",
            "staff_server_url": "",
            "insecure": self.insecure,
        }
        (self.state / "open.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")

    def release(self, say: Callable[[str], None]) -> None:
        """Release the course when it never was."""
        if (self.state / "service" / "trailbook.db").is_file():
            return
        say("Releasing the course")
        done = subprocess.run(  # noqa: S603 - our own command
            [str(Path(sys.executable).with_name("trailbook")), "release", str(self.course)],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Unavailable("not_released", f"The course cannot be released:\n{done.stderr.strip()}")

    def service(self) -> AbstractContextManager[Child]:
        """Return the running course service."""
        environment = self._environment() | {
            "JUPYTERHUB_SERVICE_URL": self.origin,
            "TRAILBOOK_TOKEN": self._service_token,
        }
        argv = [sys.executable, "-m", "trailbook_service"]
        return running(argv, environment=environment, folder=self.state, log=self.log("service"))

    def server(self) -> AbstractContextManager[Child]:
        """Return the running learner's server, in the same box as under a hub."""
        argv = [
            sys.executable,
            "-m",
            "jupyter_server",
            *learner_arguments(),
            f"--ServerApp.port={self.server_port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.base_url=/user/{NAME}/",
            f"--ServerApp.allow_origin={self.origin}",  # the way back to Home
            f"--TrailbookExtension.home_url={self.service_url}",
        ]
        environment = learner_environment(self.home, sandbox=not self.insecure) | {
            "JUPYTER_TOKEN": self._server_token,
            "JUPYTERHUB_API_TOKEN": self._service_token,
            "TRAILBOOK_SERVICE_URL": self.service_url,
        }
        if self.insecure:
            environment["TRAILBOOK_INSECURE"] = "1"
        else:
            argv = learner_box(argv, home=self.home)
        return running(argv, environment=environment, folder=self.home, log=self.log("server"))

    def _environment(self) -> dict[str, str]:
        inside = contained_environment(home=self.state / "service", temporary=self.state / "tmp")
        return inside | {"TRAILBOOK_SETTINGS": str(self.state / "open.yaml")}
