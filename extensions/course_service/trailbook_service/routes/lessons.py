"""Lessons: delivered to the learner's own server when they are open."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from trailbook.domain.course import LessonKey
from trailbook.services.views import LessonDelivery
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name, Reports
from trailbook_service.contract import REFUSED, answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["lessons"])


@router.get("/courses/{course}/lessons/{module}/{lesson}", responses=answering(LessonDelivery))
def read_lesson(course: Name, module: Name, lesson: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return the released lesson with the caller's standing; 403 `lesson_locked` says what opens it."""
    return json_answer(door.application.open_lesson(person, course, LessonKey(module, lesson)))


@router.post("/courses/{course}/lessons/{module}/{lesson}/events", status_code=204, responses=REFUSED)
def report_events(
    course: Name, module: Name, lesson: Name, reports: Reports, person: Person, door: TheDoor
) -> Response:
    """Note what the caller's server says happened: a hint, which moves no score."""
    door.application.report_events(person, course, LessonKey(module, lesson), reports.as_values())
    return Response(status_code=204)
