"""What every handler needs: the use cases, who may come in, and where the service stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast
from urllib.parse import unquote

from fastapi import Depends
from starlette.requests import HTTPConnection

from trailbook.services.ports.people import IdentityProvider, LearnerServers
from trailbook.wiring import Application


@dataclass(frozen=True)
class Door:
    """The course service's surroundings, made once at start.

    Attributes
    ----------
    base_url
        Percent-encoded path of the service, with both slashes, such as ``/services/trailbook/``.
    web_folder
        The built web bundles.
    """

    application: Application
    identities: IdentityProvider
    servers: LearnerServers
    base_url: str
    web_folder: Path

    @property
    def path(self) -> str:
        """The base as routes and scopes have it: decoded, without the last slash."""
        return unquote(self.base_url).rstrip("/")

    @property
    def insecure(self) -> bool:
        """Whether Trailbook was started without a sandbox, which every page must say."""
        return self.application.settings.insecure


def door_of(connection: HTTPConnection) -> Door:
    """Return the door of the application that serves this request."""
    return cast(Door, connection.app.state.door)


TheDoor = Annotated[Door, Depends(door_of)]
