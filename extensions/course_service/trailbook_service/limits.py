"""A request's body is read up to the limit of the settings and no further."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trailbook.domain.errors import TooLarge
from trailbook_service.refusals import refuse

DRAIN_FACTOR = 4
"""How many times the limit is read and thrown away, so that a client that only sends reads its refusal."""


class BodyLimit:
    """ASGI middleware that answers 413 ``too_large`` to a body over ``max_bytes``, counted while it comes in."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then serve the request from what was read."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        announced = request.headers.get("content-length", "")
        size = int(announced) if announced.isdecimal() else 0
        body = bytearray()
        read = 0
        more = size <= self._max_bytes * DRAIN_FACTOR
        while more and read <= self._max_bytes * DRAIN_FACTOR:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunk = message.get("body", b"")
            read += len(chunk)
            if read <= self._max_bytes:
                body += chunk
            more = message.get("more_body", False)
        if max(size, read) > self._max_bytes:
            await refuse(request, self._refusal())(scope, receive, send)
        else:
            await self._app(scope, replay(bytes(body), receive), send)

    def _refusal(self) -> TooLarge:
        limit = f"{self._max_bytes:,}".replace(",", " ")
        return TooLarge(
            "too_large",
            f"This is more than the {limit} bytes that can be sent at once. Take large texts out of your answers.",
            max_bytes=self._max_bytes,
        )


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once, then what the connection says."""
    sent = False

    async def receive_again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
