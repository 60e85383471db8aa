"""The demo's hub as a child process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from trailbook.resources import resource
from trailbook_hub.demo.folder import StateFolder
from trailbook_hub.people import staff_service
from trailbook_hub.processes import Child, leaving_nothing, running, wait_until_ready
from trailbook_hub.services import service_url
from trailbook_hub.settings import load_settings


@contextmanager
def running_hub(folder: StateFolder) -> Iterator[Child]:
    """Start the hub, and at the end stop it and every process that came from it."""
    argv = [sys.executable, "-m", "jupyterhub", "--config", str(resource("hub_config") / "jupyterhub_config.py")]
    environment = folder.environment() | {"TRAILBOOK_HUB_SETTINGS": str(folder.hub_settings)}
    with (
        leaving_nothing(),
        running(argv, environment=environment, folder=folder.path / "hub", log=folder.log) as hub,
    ):
        yield hub


def wait_for_hub(hub: Child, folder: StateFolder) -> None:
    """Wait until every part answers; the public address last, since the proxy logs each request it cannot pass on.

    Raises
    ------
    Unavailable
        ``not_started``.
    """
    settings = load_settings(folder.hub_settings)
    parts = {f"http://127.0.0.1:{settings.hub_port}/hub/health": "The hub"}
    parts[f"{service_url(settings)}api/v1/me"] = "The course service"
    for course in settings.courses:
        address = f"http://127.0.0.1:{course.staff_port}/services/{staff_service(course)}/api"
        parts[address] = f"The staff server of {course.name}"
    parts[f"http://{settings.ip}:{settings.port}/services/trailbook/api/v1/me"] = "The proxy"
    for address, name in parts.items():
        wait_until_ready(hub, address, name=name, log=folder.log)
