"""One learner's events as server-sent events: the log is read, live events only say when."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from trailbook.domain.errors import Unavailable
from trailbook.domain.people import Identity
from trailbook.services.ports import Event
from trailbook.services.views import EventView, as_json
from trailbook.wiring import Application

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15
GOODBYE_SECONDS = 2.0


def stream_events(application: Application, person: Identity, *, since: int | None) -> EventSourceResponse:
    """Return the stream of a person's events, which ends of its own accord when the service stops."""
    stopping = anyio.Event()
    return EventSourceResponse(
        _follow(application, person, since=since, stopping=stopping),
        ping=HEARTBEAT_SECONDS,
        shutdown_event=stopping,
        shutdown_grace_period=GOODBYE_SECONDS,
    )


async def _follow(
    application: Application, person: Identity, *, since: int | None, stopping: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
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
        while not stopping.is_set():
            wake.clear()
            last, events = await run_in_threadpool(application.list_events, person, after=last)
            for event in events:
                yield _message(event)
            await _first_of(wake, stopping)
    except Unavailable as error:
        log.warning("A stream of events ended; its reader comes back: %s", error.code)
    finally:
        unsubscribe()


async def _first_of(wake: asyncio.Event, stopping: anyio.Event) -> None:
    """Wait until one of the events is set."""
    async with anyio.create_task_group() as group:

        async def end_with(wait: Callable[[], Awaitable[object]]) -> None:
            await wait()
            group.cancel_scope.cancel()

        group.start_soon(end_with, wake.wait)
        group.start_soon(end_with, stopping.wait)


def _message(event: EventView) -> ServerSentEvent:
    return ServerSentEvent(event=event.kind, id=str(event.id), data=json.dumps(as_json(event), ensure_ascii=False))
