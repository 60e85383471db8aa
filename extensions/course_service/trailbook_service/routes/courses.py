"""Courses, as one learner sees them."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["courses"])


@router.get("/courses/{course}/path")
def read_path(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return every lesson of the course with its status for the caller, and why."""
    return json_answer(door.application.view_path(person, course))
