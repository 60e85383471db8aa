"""The demo's hub as a child process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from trailbook.resources import resource
from trailbook_hub.demo.folder import StateFolder
from trailbook_hub.processes import Child, leaving_nothing, running


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
