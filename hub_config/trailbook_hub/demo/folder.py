"""The demo's state folder: where each thing lies in it, and the environment that keeps everything inside."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trailbook.domain.errors import Conflict
from trailbook_hub.environment import contained_environment


@dataclass(frozen=True)
class StateFolder:
    """One folder with everything a demo writes."""

    path: Path

    @property
    def courses(self) -> Path:
        """The course folders."""
        return self.path / "courses"

    @property
    def temporary(self) -> Path:
        """Temporary files of everything the demo runs."""
        return self.path / "tmp"

    @property
    def service_settings(self) -> Path:
        """The course service's settings file."""
        return self.path / "trailbook.yaml"

    @property
    def hub_settings(self) -> Path:
        """The hub's settings file, written at each start."""
        return self.path / "hub.yaml"

    @property
    def passwords(self) -> Path:
        """The hashes the hub signs people in by."""
        return self.path / "hub" / "passwords.json"

    @property
    def sign_ins(self) -> Path:
        """The names and passwords, for the person who runs the demo."""
        return self.path / "sign-ins.txt"

    @property
    def log(self) -> Path:
        """The log of the hub and its services."""
        return self.path / "logs" / "hub.log"

    @property
    def was_used(self) -> bool:
        """Whether an earlier start left its data here."""
        return self.sign_ins.is_file()

    def make(self) -> None:
        """Make the folder and those in it; only their owner can look in."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        for name in ("courses", "home", "homes", "hub", "logs", "service", "tmp"):
            (self.path / name).mkdir(exist_ok=True)

    def environment(self) -> dict[str, str]:
        """Return the environment for every process of the demo: a list, with each place to write inside the folder."""
        return contained_environment(home=self.path / "home", temporary=self.temporary) | {
            "TRAILBOOK_SETTINGS": str(self.service_settings)
        }

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second demo out of this folder; the lock ends with the process, however it ends.

        Raises
        ------
        Conflict
            ``demo_runs``: another demo uses the folder now.
        """
        with (self.path / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict(
                    "demo_runs", f"A demo is running with {self.path}. Stop it, or choose another folder with --state."
                ) from error
            yield
