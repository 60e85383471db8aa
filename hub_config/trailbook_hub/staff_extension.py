"""The server extension of staff servers: what JupyterLab and nbgrader have no option for."""

from __future__ import annotations

import os
from typing import Any

from jinja2 import FileSystemLoader

from trailbook_hub.boxes import CONFIG_FOLDER
from trailbook_hub.staff_banner import InsecureBanner
from trailbook_hub.submission_pages import guard


def _load_jupyter_server_extension(server: Any) -> None:
    """Say where there is no sandbox, give the formgrader its mathematics from this server, and guard its submissions.

    Extensions are loaded in the order of their names, so the formgrader is there.
    """
    if os.environ.get("TRAILBOOK_INSECURE"):
        server.web_app.add_transform(InsecureBanner)
    exporter = server.web_app.settings["nbgrader_exporter"]
    exporter.extra_loaders = [FileSystemLoader(CONFIG_FOLDER / "staff" / "templates")]
    guard(server.web_app, server.base_url)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Name the extension to Jupyter Server."""
    return [{"module": "trailbook_hub.staff_extension"}]
