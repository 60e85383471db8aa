"""A course's learners as its graders and instructors see them: the class as a flow, and each learner's path."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from trailbook.domain.people import Role
from trailbook.services.class_views import ClassFlow, LearnerPath
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name
from trailbook_service.class_pages import class_page, learner_page
from trailbook_service.contract import answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["classes"])


@pages.get("/courses/{course}/class")
def show_class(request: Request, course: Name, person: Person, door: TheDoor) -> Response:
    """Return the class as a page."""
    flow = door.application.view_class(person, course)
    overrides = door.application.list_overrides(person, course)
    questions = door.application.own_ways.list_questions(person, course)
    may_decide = person.has(course, Role.INSTRUCTOR)
    return class_page(request, flow, overrides, questions=questions, may_decide=may_decide)


@pages.get("/courses/{course}/learners/{learner}")
def show_learner(request: Request, course: Name, learner: Name, person: Person, door: TheDoor) -> Response:
    """Return a learner's path as a page."""
    shown = door.application.view_learner(person, course, learner)
    return learner_page(request, shown, may_decide=person.has(course, Role.INSTRUCTOR))


@router.get("/courses/{course}/class", responses=answering(ClassFlow))
def read_class(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return how far learners are, and where they wait, fall, skip or are stuck; for staff."""
    return json_answer(door.application.view_class(person, course))


@router.get("/courses/{course}/learners/{learner}/path", responses=answering(LearnerPath))
def read_learner(course: Name, learner: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return a learner's path with every decision that led there; for staff."""
    return json_answer(door.application.view_learner(person, course, learner))
