"""The web bundles, for whoever is signed in; their names are stable, so each use asks whether they changed."""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class Bundles(StaticFiles):
    """Home's and the error pages' scripts, styles and fonts."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file with a cache rule: kept, and asked about with its ETag."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "private, no-cache"
        return response
