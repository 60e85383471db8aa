"""One learner's events as server-sent events: the log is read, live events only say when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from trailbook.domain.people import Identity
from trailbook.services.ports import Event
from trailbook.services.views import EventView, as_json
from trailbook.wiring import Application

HEARTBEAT_SECONDS = 15


async def follow(application: Application, person: Identity, *, since: int | None) -> AsyncIterator[ServerSentEvent]:
    """Yield ``ready``, then the person's events after ``since`` (None: from now on), each when it happens.

    Catching up and following are one: whatever woke this up, what comes next is what the log holds after the last
    event sent. So nothing is missed or sent twice, and the order is the log's.
    """
    wake = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell(_: Event) -> None:
        loop.call_soon_threadsafe(wake.set)

    unsubscribe = application.live.subscribe(person.name, tell)
    try:
        last = since if since is not None else await run_in_threadpool(application.last_event_id)
        yield ServerSentEvent(event="ready", id=str(last), data=json.dumps({"kind": "ready", "data": {}}))
        while True:
            wake.clear()
            last, events = await run_in_threadpool(application.list_events, person, after=last)
            for event in events:
                yield _message(event)
            await wake.wait()
    finally:
        unsubscribe()


def _message(event: EventView) -> ServerSentEvent:
    return ServerSentEvent(event=event.kind, id=str(event.id), data=json.dumps(as_json(event), ensure_ascii=False))
