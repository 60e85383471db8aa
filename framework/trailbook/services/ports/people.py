"""What the course service needs to know who asks, and to see a learner's server, as protocols.

Both are asynchronous: they wait for another process, and the event loop must not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from trailbook.domain.people import Identity


@dataclass(frozen=True)
class SignInStart:
    """Where to send a browser that is not signed in, and the state that proves it is the same one that returns."""

    url: str
    state: str
    max_age_seconds: int


@dataclass(frozen=True)
class SignedIn:
    """The token to keep in the browser's cookie, and the page that was asked for before signing in."""

    token: str
    next_url: str


class IdentityProvider(Protocol):
    """Says who a token belongs to, and how a browser gets one.

    Attributes
    ----------
    takes_links
        A link may carry the token; otherwise a browser signs in elsewhere and comes back.
    cookie_name, state_cookie_name
        Cookie for the token; beginning of the name of the cookies for sign-ins under way.
    cookie_options
        ``path``, and what the operator set: ``domain``, ``secure``, ``samesite``.
    sign_in_hint
        What to tell who is not signed in and cannot be sent to sign in.
    sign_out_url
        Where signing out goes on; empty when it ends here.
    """

    takes_links: bool
    sign_in_hint: str
    cookie_name: str
    state_cookie_name: str
    cookie_options: Mapping[str, Any]
    sign_out_url: str

    async def identify(self, token: str, *, session: str = "") -> Identity | None:
        """Return who the token belongs to, or None when it is not (or no longer) valid.

        Parameters
        ----------
        session
            The browser's hub session; signing out there changes it, so that no cached answer outlives it.

        Raises
        ------
        NotAllowed
            The token is valid and gives no right to this service (``no_access``).
        Unavailable
            Nobody can say now (``sign_in_unavailable``).
        """

    def start_sign_in(self, next_url: str) -> SignInStart | None:
        """Return how a browser signs in, or None when it must be opened with a link that holds the token."""

    async def finish_sign_in(self, code: str, *, state: str, cookie_state: str) -> SignedIn:
        """Return the token the hub gives for the code.

        Raises
        ------
        Invalid
            The answer belongs to no sign-in that this browser started (``sign_in_failed``).
        """

    async def close(self) -> None:
        """Let go of connections."""


class ServerState(StrEnum):
    """Where a learner's own server stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"


@dataclass(frozen=True)
class LearnerServer:
    """A learner's own server, as last seen."""

    state: ServerState
    url: str


class LearnerServers(Protocol):
    """Looks at and starts the servers learners work on."""

    async def look(self, learner: str) -> LearnerServer:
        """Return the learner's server as it is now; raises `Unavailable` (``hub_unavailable``)."""

    async def start(self, learner: str) -> LearnerServer:
        """Start the server unless it runs, without waiting for it to be ready; raises `Unavailable`."""

    async def glance(self, learner: str) -> LearnerServer:
        """Return the server if that can be known at once, else as stopped: for a page that must not wait."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True)
class Doorkeeping:
    """Who may come in, and where a learner works: what `trailbook.wiring` hands to the course service."""

    identities: IdentityProvider
    servers: LearnerServers
