"""The FastAPI application: its routes below one base address, and what stands before every route."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from trailbook.services.ports.people import Doorkeeping
from trailbook.wiring import Application
from trailbook_service import __version__, refusals
from trailbook_service.background import background_tasks
from trailbook_service.credentials import Credentials
from trailbook_service.door import Door
from trailbook_service.fast_lane import FastLane
from trailbook_service.headers import SecurityHeaders
from trailbook_service.limits import BodyLimit
from trailbook_service.routes import all_routes
from trailbook_service.static import Bundles


def create_app(application: Application, doorkeeping: Doorkeeping, *, base_url: str, web_folder: Path) -> FastAPI:
    """Return the course service.

    Parameters
    ----------
    application
        The use cases, started and stopped by the caller.
    doorkeeping
        Who may come in, and where learners work.
    base_url
        Percent-encoded path everything is below, with both slashes.
    web_folder
        The built web bundles.
    """
    door = Door(application, doorkeeping.identities, doorkeeping.servers, base_url, web_folder)
    app = FastAPI(
        title="Trailbook course service",
        version=__version__,
        lifespan=_lifespan,
        # Our own route serves the document, below the base address; the usual pages load scripts from elsewhere.
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.door = door
    refusals.install(app)
    app.include_router(all_routes(), prefix=door.path)
    app.mount(f"{door.path}/static", Bundles(directory=web_folder))
    # The last one added is the first a request meets.
    app.add_middleware(FastLane, path=door.path)
    app.add_middleware(BodyLimit, max_bytes=application.settings.max_submission_bytes)
    app.add_middleware(Credentials)
    app.add_middleware(SecurityHeaders)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Watch while the service serves, and let go of the hub at the end."""
    door: Door = app.state.door
    async with background_tasks(door.application):
        yield
    await door.servers.close()
    await door.identities.close()
