"""GET trailbook/static/…, trailbook/voila/…, trailbook/api/widgets: scripts and styles, all from this server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_path
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import StaticFileHandler, authenticated
from voila.configuration import VoilaConfiguration
from voila.utils import get_page_config, get_voila_labextensions_path

from trailbook.resources import resource
from trailbook_server.handlers import RefusalMixin, TrailbookApiHandler

VOILA_STATIC = "trailbook/voila/static"
NO_WIDGETS = ["@jupyter/nbgrader", "@jupyter-notebook/lab-extension", "jupyterlab_pygments"]
"""Installed for JupyterLab; on a lesson page they would ask for what is not served, or restyle our code."""

VOILA_LABEXTENSIONS = "trailbook/voila/labextensions"


class AssetHandler(RefusalMixin, JupyterHandler, StaticFileHandler):
    """Files of one or several folders; the browser asks each time whether they changed."""

    def initialize(self, folders: Callable[[], list[str]]) -> None:  # type: ignore[override]  # our own options
        """Serve the first of these folders that has the file."""
        self._folders = folders
        super().initialize(path="")

    @authenticated
    @authorized
    async def get(self, path: str, include_body: bool = True) -> None:  # type: ignore[override]  # decorated
        """Return a file."""
        self.root = self._folder_of(path)
        await StaticFileHandler.get(self, path, include_body)

    @authenticated
    @authorized
    async def head(self, path: str) -> None:  # type: ignore[override]  # decorated
        """Return a file's headers."""
        self.root = self._folder_of(path)
        await StaticFileHandler.get(self, path, include_body=False)

    def check_xsrf_cookie(self) -> None:
        """Let our pages read files without a token: module scripts and fonts are fetched in CORS mode, with none.

        JupyterHub asks for a token on every such request. What other pages ask for is still refused.
        """
        if self.request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            super().check_xsrf_cookie()

    def set_extra_headers(self, path: str) -> None:
        """Ask before using a copy: our bundles keep their names when they change."""
        self.set_header("Cache-Control", "no-cache")

    def _folder_of(self, path: str) -> str:
        # StaticFileHandler itself refuses what leads out of the folder.
        folders = [str(Path(folder).resolve()) for folder in self._folders()]
        return next((folder for folder in folders if (Path(folder) / path).is_file()), folders[0])


class WidgetsHandler(TrailbookApiHandler):
    """What the page needs to show widgets with Voilà's own scripts."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Return Voilà's page configuration and its script."""
        kernel = self.get_query_argument("kernel")
        self.parts.kernels.require(kernel)
        static = url_path_join(self.base_url, VOILA_STATIC)
        page_config: dict[str, Any] = get_page_config(
            self.base_url,
            {"mathjax_url": "", "mathjax_config": ""},
            self.log,
            VoilaConfiguration(extension_denylist=NO_WIDGETS),
        )
        page_config |= {
            "baseUrl": self.base_url,
            "kernelId": kernel,
            # Without an address Voilà takes the MathJax in its own bundle; with one it looks on another host.
            "fullMathjaxUrl": None,
            "mathjaxConfig": None,
            "fullStaticUrl": static,
            "fullLabextensionsUrl": url_path_join(self.base_url, VOILA_LABEXTENSIONS),
        }
        self.finish({"page_config": page_config, "scripts": [f"{static}/voila.js"]})


def _voila_static() -> list[str]:
    return [str(Path(path) / "base" / "static") for path in jupyter_path("voila", "templates")]


handlers: list[tuple[str, type, dict[str, Any]]] = [
    (r"trailbook/static/(.*)", AssetHandler, {"folders": lambda: [str(resource("web"))]}),
    (rf"{VOILA_STATIC}/(.*)", AssetHandler, {"folders": _voila_static}),
    (rf"{VOILA_LABEXTENSIONS}/(.*)", AssetHandler, {"folders": get_voila_labextensions_path}),
    (r"trailbook/api/widgets", WidgetsHandler, {}),
]
