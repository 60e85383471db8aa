"""GET trailbook/api/events and POST …/events."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from trailbook.domain.errors import Invalid
from trailbook_server.handlers import TrailbookApiHandler
from trailbook_server.urls import LESSON

MAX_ITEMS = 100


class EventsHandler(TrailbookApiHandler):
    """Live events for a page."""

    _track_activity = False  # an open tab is no activity
    _writing: asyncio.Task[None] | None = None

    @authenticated
    @authorized
    async def get(self) -> None:
        """Stream events until the page leaves."""
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")
        self._writing = asyncio.create_task(self._write_events())
        await asyncio.wait([self._writing])

    def on_connection_close(self) -> None:
        """Stop when the page leaves, not at the next event."""
        super().on_connection_close()
        if self._writing is not None:
            self._writing.cancel()

    async def _write_events(self) -> None:
        async with aclosing(self.parts.page_events.stream(self.request.headers.get("Last-Event-ID", ""))) as events:
            try:
                async for event in events:
                    self.write(event)
                    await self.flush()
            except StreamClosedError:
                self.log.debug("The page left.")


class ReportsHandler(TrailbookApiHandler):
    """What a page reports."""

    @authenticated
    @authorized
    async def post(self, course: str, module: str, name: str) -> None:
        """Queue reports for the course service, which reads them as hints."""
        key, items = self.lesson_key(course, module, name), self.read_body().get("items")
        if not isinstance(items, list) or len(items) > MAX_ITEMS or not all(isinstance(item, dict) for item in items):
            raise Invalid("unreadable_request", f"`items` must be a list of at most {MAX_ITEMS} reports.")
        for item in items:
            self.parts.reports.add(course, key, item)
        self.set_status(204)
        self.finish()


handlers = [
    (r"trailbook/api/events", EventsHandler),
    (rf"trailbook/api/lessons/{LESSON}/events", ReportsHandler),
]
