"""Courses, as one learner sees them."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.services.views import CoursePath
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name
from trailbook_service.contract import answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["courses"])


@router.get("/courses/{course}/path", responses=answering(CoursePath))
def read_path(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return every lesson of the course with its status for the caller, and why."""
    return json_answer(door.application.view_path(person, course))
