"""Home: every course of a person, what to take next, and the state of the person's server."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from trailbook.services.views import as_json
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.contract import Home, answering
from trailbook_service.credentials import Person
from trailbook_service.door import Door, TheDoor
from trailbook_service.pages import home_page

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["home"])


@pages.get("/")
async def show_home(request: Request, person: Person, door: TheDoor) -> Response:
    """Return Home as a page that holds its first data, so that one request shows it."""
    return home_page(request, as_json(await _home(person, door)))


@router.get("/home", responses=answering(Home))
async def read_home(person: Person, door: TheDoor) -> JsonAnswer:
    """Return what Home shows."""
    return json_answer(await _home(person, door))


async def _home(person: Person, door: Door) -> Home:
    """Return Home's data with the state of the person's server, as far as it is known at once."""
    view, server = await asyncio.gather(
        run_in_threadpool(door.application.view_home, person), door.servers.glance(person.name)
    )
    return Home(view.learner, view.insecure, view.courses, server)
