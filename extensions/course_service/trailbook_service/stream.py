"""One learner's events as server-sent events: the log is read, live events only say when."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from trailbook.domain.errors import NotAllowed, Unavailable
from trailbook.domain.people import Identity
from trailbook.services.ports import Event
from trailbook.services.view_events import TEST_ENDED, live_view
from trailbook.services.views import EventView, as_json
from trailbook.wiring import Application

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15
GOODBYE_SECONDS = 2.0
MAX_PASSING = 1000
RECHECK_SECONDS = 60.0  # how long an open stream goes on with the roles it began with

Identify = Callable[[], Awaitable[Identity | None]]
"""Asks anew who the reader of a stream is."""


def stream_events(
    application: Application, person: Identity, *, since: int | None, identify: Identify
) -> EventSourceResponse:
    """Return the stream of a person's events, which ends of its own accord when the service stops."""
    stopping = anyio.Event()
    return EventSourceResponse(
        _follow(application, person, since=since, stopping=stopping, identify=identify),
        ping=HEARTBEAT_SECONDS,
        shutdown_event=stopping,
        shutdown_grace_period=GOODBYE_SECONDS,
    )


async def _follow(
    application: Application, person: Identity, *, since: int | None, stopping: anyio.Event, identify: Identify
) -> AsyncIterator[ServerSentEvent]:
    """Yield ``ready``, then the person's events after ``since`` (None: from now on), each when it happens.

    Catching up and following are one: whatever event woke this up, what comes next is what the log holds after the
    last one sent. So nothing is missed or sent twice, and the order is the log's. What is told only while it happens,
    how one test ended, goes before, and is no reason to read the log. Roles are asked for again each minute; a stream
    whose reader may not come in any more ends.
    """
    wake, grown = asyncio.Event(), True  # whether the log may hold more than was read of it
    loop = asyncio.get_running_loop()
    passing: deque[Event] = deque(maxlen=MAX_PASSING)

    def tell(event: Event) -> None:
        nonlocal grown
        if event.kind == TEST_ENDED:
            passing.append(event)
        else:
            grown = True
        loop.call_soon_threadsafe(wake.set)

    unsubscribe = application.live.subscribe(person.name, tell)
    stop = asyncio.ensure_future(stopping.wait())
    stop.add_done_callback(lambda _: wake.set())
    try:
        last = since if since is not None else await run_in_threadpool(application.last_event_id)
        yield ServerSentEvent(event="ready", id=str(last), data=json.dumps({"kind": "ready", "data": {}}))
        checked_at = loop.time()
        while not stopping.is_set():
            if loop.time() - checked_at >= RECHECK_SECONDS:
                found, checked_at = await identify(), loop.time()
                if found is None or found.is_service:
                    return
                person = found
            wake.clear()
            while passing:
                if (view := live_view(person, passing.popleft())) is not None:
                    yield _message(view)
            if grown:
                grown = False
                last, events = await run_in_threadpool(application.list_events, person, after=last)
                for event in events:
                    yield _message(event)
            with suppress(TimeoutError):
                async with asyncio.timeout(RECHECK_SECONDS):
                    await wake.wait()
    except NotAllowed as error:
        log.info("A stream of events ended: %s", error.code)
    except Unavailable as error:
        log.warning("A stream of events ended; its reader comes back: %s", error.code)
    finally:
        unsubscribe()
        stop.cancel()


def _message(event: EventView) -> ServerSentEvent:
    """Return an event as it is sent; one that is not in the log has no id to come back to."""
    number = str(event.id) if event.id else None
    return ServerSentEvent(event=event.kind, id=number, data=json.dumps(as_json(event), ensure_ascii=False))
