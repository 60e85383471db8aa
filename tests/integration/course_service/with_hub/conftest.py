"""A real JupyterHub process, one for these tests."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

HERE = Path(__file__).parent
TRAP = """te<s'&">t ü"""


@dataclass(frozen=True)
class Hub:
    """A running hub: its address, and the tokens and people it was given."""

    url: str
    service_url: str
    password: str
    tokens: dict[str, str] = field(repr=False)

    @property
    def api(self) -> str:
        return f"{self.url}/hub/api"

    def ask(self, method: str, path: str, **options: object) -> httpx.Response:
        headers = {"Authorization": f"token {self.tokens['admin']}"}
        answer = httpx.request(method, f"{self.api}{path}", headers=headers, timeout=20, **options)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer

    def token_of(self, person: str, *, scopes: tuple[str, ...] = ("access:services!service=trailbook",)) -> str:
        answer = self.ask("POST", f"/users/{quote(person)}/tokens", json={"scopes": list(scopes)})
        return str(answer.json()["token"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("a hub")
    tokens = {name: secrets.token_hex(16) for name in ("trailbook", "staff", "outsider", "admin")}
    hub_port, service_port = free_port(), free_port()
    running = Hub(f"http://127.0.0.1:{hub_port}", f"http://127.0.0.1:{service_port}", secrets.token_hex(8), tokens)
    given = {
        "folder": str(folder),
        "hub_port": hub_port,
        "service_url": running.service_url,
        "password": running.password,
        "tokens": tokens,
        "groups": {
            "trailbook-first-course-learner": ["ada", TRAP],
            "trailbook-first-course-instructor": ["ines"],
            "somewhere-else": ["mallory"],
        },
    }
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TEST_HUB": json.dumps(given),
        "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16),
    }
    with (folder / "hub.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "hub_config.py")],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(process, f"{running.api}/", log=folder / "hub.log")
        yield running
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(process: subprocess.Popen[bytes], url: str, *, log: Path) -> None:
    with httpx.Client() as client:
        while process.poll() is None:
            try:
                client.get(url)
            except httpx.TransportError:
                threading.Event().wait(0.1)
            else:
                return
    pytest.fail(f"the hub did not start:\n{log.read_text()[-3000:]}")
