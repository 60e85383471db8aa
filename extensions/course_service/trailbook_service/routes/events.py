"""Live events: what happens to one learner, as it happens, and what was missed while away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse
from starlette.requests import Request

from trailbook_service.contract import REFUSED
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor
from trailbook_service.stream import stream_events

router = APIRouter(tags=["events"])

LastEventId = Annotated[int | None, Header(alias="Last-Event-ID", ge=0)]
After = Annotated[int | None, Query(ge=0)]


@router.get("/events", response_class=EventSourceResponse, responses=REFUSED)
async def follow_events(
    request: Request, person: Person, door: TheDoor, last_event_id: LastEventId = None, after: After = None
) -> EventSourceResponse:
    """Stream the caller's events; those after `Last-Event-ID` (or `after`) come first, then each as it happens.

    The first message is `ready`; its id is where the log stood, to name when the stream is opened again.
    """
    since = last_event_id if last_event_id is not None else after
    return stream_events(door.application, person, since=since, identify=request.state.identify)
