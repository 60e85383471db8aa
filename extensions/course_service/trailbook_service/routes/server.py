"""The learner's own server, where lessons are opened."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.services.ports.people import LearnerServer
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.contract import answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["server"])


@router.get("/server", responses=answering(LearnerServer))
async def read_server(person: Person, door: TheDoor) -> JsonAnswer:
    """Return the state of the caller's server and its address."""
    return json_answer(await door.servers.look(person.name))


@router.post("/server", status_code=202, responses=answering(LearnerServer, status=202))
async def start_server(person: Person, door: TheDoor) -> JsonAnswer:
    """Start the caller's server unless it runs, and answer before it is ready."""
    return json_answer(await door.servers.start(person.name), status=202)
