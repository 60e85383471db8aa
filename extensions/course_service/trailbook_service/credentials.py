"""Nothing answers without a credential: who asks is settled before any route is looked at."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from trailbook.domain.errors import CourseError, NotAllowed
from trailbook.domain.people import Identity
from trailbook_service.cookies import keep_sign_in_state, keep_token
from trailbook_service.door import Door, door_of
from trailbook_service.refusals import refuse, wants_page

SESSION_COOKIE = "jupyterhub-session-id"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_AUTHORIZATION = re.compile(r"(?:token|bearer)\s+(?P<token>\S+)", re.IGNORECASE)


class Credentials:
    """ASGI middleware that lets nobody through whom the identity provider does not know.

    A person's browser is sent to sign in; anything else gets 401. What a cookie vouches for may only write when the
    page that asks is our own: browsers add cookies to requests of any site.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its identity, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if scope["type"] != "http" or scope["path"] in _open_paths(door_of(request)):
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._settle(request)
        except CourseError as error:
            answer = refuse(request, error)
        if answer is None:
            await self._app(scope, receive, send)
        else:
            await answer(scope, receive, send)

    async def _settle(self, request: Request) -> Response | None:
        """Put the identity on the request and return None, or return the answer that ends it."""
        door = door_of(request)
        if (link := await _follow_link(request, door)) is not None:
            return link
        header = _AUTHORIZATION.fullmatch(request.headers.get("authorization", "").strip())
        token = header["token"] if header else request.cookies.get(door.identities.cookie_name, "")
        session = request.cookies.get(SESSION_COOKIE, "")
        identity = await door.identities.identify(token, session=session) if token else None
        if identity is None:
            return _ask_to_sign_in(request, door)
        if not header and request.method not in SAFE_METHODS:
            _refuse_cross_site(request)
        request.state.identity = identity
        request.state.identify = partial(door.identities.identify, token, session=session)
        return None


def _open_paths(door: Door) -> frozenset[str]:
    """Return the addresses where a browser comes back from signing in or out; they tell nothing."""
    return frozenset({f"{door.path}/oauth_callback", f"{door.path}/signed-out"})


async def _follow_link(request: Request, door: Door) -> Response | None:
    """Return a redirect that keeps the token of a link in a cookie, where links with a token are the way in."""
    token = request.query_params.get("token", "")
    if not token or not door.identities.takes_links or not wants_page(request):
        return None
    if await door.identities.identify(token) is None:
        return None
    response = RedirectResponse(_local_path(request, door), status_code=303)
    keep_token(response, request, door.identities, token)
    return response


def _ask_to_sign_in(request: Request, door: Door) -> Response:
    query = request.scope["query_string"].decode("latin-1")
    here = _local_path(request, door) + (f"?{query}" if query else "")
    start = door.identities.start_sign_in(here) if wants_page(request) else None
    if start is None:
        return refuse(
            request,
            NotAllowed("not_signed_in", f"Nobody is signed in here. {door.identities.sign_in_hint}"),
            headers={"WWW-Authenticate": "token"},
        )
    response = RedirectResponse(start.url, status_code=302)
    keep_sign_in_state(response, request, door.identities, start)
    return response


def _local_path(request: Request, door: Door) -> str:
    """Return the path asked for, to come back to; Home for one that is not ours, which could be another host's."""
    path: str = request.scope["path"]
    return quote(path) if path.startswith(f"{door.path}/") else door.base_url


def _refuse_cross_site(request: Request) -> None:
    """Raise unless the page that asks is ours: only it can set the header, and newer browsers say so themselves."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    if request.headers.get("x-trailbook") != "1" or site not in ("same-origin", "none"):
        raise NotAllowed("cross_site", "This change was asked for by another page. Repeat it in Trailbook itself.")


def _caller(connection: HTTPConnection) -> Identity:
    identity = connection.state.identity
    assert isinstance(identity, Identity)  # noqa: S101 - the middleware lets nothing else through
    return identity


def _person(connection: HTTPConnection) -> Identity:
    """Return the person who asks; a staff service may release its course and do nothing else."""
    identity = _caller(connection)
    if identity.is_service:
        raise NotAllowed("service_not_allowed", "A service's own token may only release its course.")
    return identity


Caller = Annotated[Identity, Depends(_caller)]
"""Whoever asks, a person or a staff service."""

Person = Annotated[Identity, Depends(_person)]
"""The person who asks; services are refused."""
