"""One person without a hub: everyone who holds the secret token is that person (`trailbook open`)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from trailbook.domain.errors import Invalid
from trailbook.domain.people import Identity
from trailbook.services.ports.people import LearnerServer, ServerState, SignedIn


class SingleIdentity:
    """Identity by one secret token, which the address opened in the browser carries once.

    Parameters
    ----------
    token
        The secret, new at each start; at least 16 characters.
    identity
        The person everything is done as.
    base_url
        Path the cookie is kept for.
    """

    takes_links = True
    sign_in_hint = "Open the address that `trailbook open` printed."
    state_cookie_name = ""
    sign_out_url = ""

    def __init__(self, token: str, *, identity: Identity, base_url: str) -> None:
        if len(token) < 16:
            raise Invalid("weak_token", "The secret token for a single person needs at least 16 characters.")
        self._token = token
        self._identity = identity
        # Cookies know no ports: two courses open at once on one machine need two names.
        self.cookie_name = f"trailbook-{hashlib.sha256(token.encode()).hexdigest()[:12]}"
        self.cookie_options: Mapping[str, Any] = {"path": base_url}

    async def identify(self, token: str, *, session: str = "") -> Identity | None:
        """Return the person when the token is the secret one."""
        return self._identity if secrets.compare_digest(token.encode(), self._token.encode()) else None

    def start_sign_in(self, next_url: str) -> None:
        """Return None: the link with the token is the only way in."""

    async def finish_sign_in(self, code: str, *, state: str, cookie_state: str) -> SignedIn:
        """Refuse: there is no hub to come back from."""
        raise Invalid("sign_in_failed", self.sign_in_hint)

    async def close(self) -> None:
        """Nothing is held."""


class SingleServer:
    """The one learner's server that `trailbook open` started beside the service."""

    def __init__(self, url_template: str, *, name: str) -> None:
        url = url_template.replace("{name}", quote(name, safe="@~"))
        self._server = LearnerServer(ServerState.READY, url)

    async def look(self, learner: str) -> LearnerServer:
        """Return the server."""
        return self._server

    async def start(self, learner: str) -> LearnerServer:
        """Return the server, which runs."""
        return self._server

    async def glance(self, learner: str) -> LearnerServer:
        """Return the server."""
        return self._server

    async def close(self) -> None:
        """Nothing is held."""
