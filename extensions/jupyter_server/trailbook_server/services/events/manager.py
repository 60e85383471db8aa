"""Live events for a page: those of the course service, and what happens to the lesson's kernel here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from trailbook.domain.errors import Unavailable
from trailbook_server.course_service import CourseService

HEARTBEAT_SECONDS = 20.0


class PageEvents:
    """Gives each page one stream of server-sent events.

    Parameters
    ----------
    service
        The course service.
    retry_seconds
        Pause before connecting again while the service is down.
    """

    def __init__(self, service: CourseService, *, retry_seconds: float) -> None:
        self._service = service
        self._retry_seconds = retry_seconds
        self._pages: set[asyncio.Queue[bytes]] = set()

    def publish(self, kind: str, data: dict[str, Any]) -> None:
        """Tell every open page something that happened on this server."""
        for page in self._pages:
            page.put_nowait(_event(kind, data))

    async def stream(self, last_event_id: str) -> AsyncGenerator[bytes, None]:
        """Yield the stream of one page, without an end."""
        page: asyncio.Queue[bytes] = asyncio.Queue()
        self._pages.add(page)
        relay = asyncio.create_task(self._relay(page, last_event_id))
        try:
            while True:
                try:
                    yield await asyncio.wait_for(page.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            self._pages.discard(page)
            relay.cancel()
            await asyncio.gather(relay, return_exceptions=True)

    async def _relay(self, page: asyncio.Queue[bytes], last_event_id: str) -> None:
        up: bool | None = None
        while True:
            try:
                async with self._service.events(last_event_id) as chunks:
                    up = _tell_service(page, up=True, before=up)
                    async with aclosing(_events_in(chunks)) as events:
                        async for event in events:
                            last_event_id = _id_of(event) or last_event_id
                            page.put_nowait(event)
            except Unavailable:
                up = _tell_service(page, up=False, before=up)
            await asyncio.sleep(self._retry_seconds)


def _tell_service(page: asyncio.Queue[bytes], *, up: bool, before: bool | None) -> bool:
    if up != before:
        page.put_nowait(_event("service", {"up": up}))
    return up


async def _events_in(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Yield whole events out of a stream cut anywhere; half of one at the end of a connection is no event."""
    buffer = b""
    async for chunk in chunks:
        buffer = (buffer + chunk).replace(b"\r\n", b"\n")
        *events, buffer = buffer.split(b"\n\n")
        for event in events:
            yield event + b"\n\n"


def _id_of(event: bytes) -> str:
    for line in event.splitlines():
        if line.startswith(b"id:"):
            return line[3:].strip().decode("ascii", "replace")
    return ""


def _event(kind: str, data: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
