"""A real hub with the measured course and as many learners as asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from latency.course import NAME, write_course
from trailbook_hub.demo.checks import find_proxy, free_ports
from trailbook_hub.demo.folder import StateFolder
from trailbook_hub.demo.hub import running_hub, wait_for_hub
from trailbook_hub.passwords import write_passwords

PASSWORD = "a password to measure with"


@dataclass(frozen=True)
class Hub:
    """A hub that runs."""

    port: int
    service_port: int
    folder: StateFolder

    @property
    def url(self) -> str:
        """Its public address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def measured_hub(folder: Path, learners: Sequence[str], *, workers: int = 2) -> Iterator[Hub]:
    """Make the course, release it, start the hub in ``folder``, and stop everything at the end."""
    state = StateFolder(folder)
    state.make()
    write_course(state.courses / NAME)
    settings = {"state_folder": "service", "courses": [f"courses/{NAME}"], "workers": workers}
    state.service_settings.write_text(yaml.safe_dump(settings), encoding="utf-8")
    write_passwords(state.passwords, dict.fromkeys(learners, PASSWORD))
    _release(state)
    port, hub_port, proxy_api_port, service_port, staff_port = free_ports(5)
    hub = {
        "state_folder": ".",
        "port": port,
        "hub_port": hub_port,
        "proxy_api_port": proxy_api_port,
        "service_port": service_port,
        "proxy_command": find_proxy(),
        "service_settings": state.service_settings.name,
        "courses": [{"name": NAME, "folder": f"courses/{NAME}", "staff_port": staff_port, "learners": list(learners)}],
    }
    state.hub_settings.write_text(yaml.safe_dump(hub), encoding="utf-8")
    with running_hub(state) as process:
        wait_for_hub(process, state)
        yield Hub(port, service_port, state)


def _release(state: StateFolder) -> None:
    command = [str(Path(sys.executable).with_name("trailbook")), "release", str(state.courses / NAME)]
    done = subprocess.run(command, env=state.environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the course could not be released:\n{done.stdout}{done.stderr}")
