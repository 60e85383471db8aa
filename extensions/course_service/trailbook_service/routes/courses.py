"""Courses, as one learner sees them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from trailbook_service.answers import json_answer
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["courses"])


@router.get("/courses/{course}/path")
def read_path(course: str, person: Person, door: TheDoor) -> JSONResponse:
    """Return every lesson of the course with its status for the caller, and why."""
    return json_answer(door.application.view_path(person, course))
