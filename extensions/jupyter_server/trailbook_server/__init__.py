"""The server extension in a learner's Jupyter Server: lesson pages, kernels, progress."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter Server which application to load; imported late, so that naming the package stays cheap."""
    from trailbook_server.extension import TrailbookExtension

    return [{"module": "trailbook_server", "app": TrailbookExtension}]
