"""A course's learners as its graders and instructors see them: the class as a flow, and each learner's path."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.services.class_views import ClassFlow, LearnerPath
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name
from trailbook_service.contract import answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["classes"])


@router.get("/courses/{course}/class", responses=answering(ClassFlow))
def read_class(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return how far learners are, and where they wait, fall, skip or are stuck; for staff."""
    return json_answer(door.application.view_class(person, course))


@router.get("/courses/{course}/learners/{learner}/path", responses=answering(LearnerPath))
def read_learner(course: Name, learner: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return a learner's path with every decision that led there; for staff."""
    return json_answer(door.application.view_learner(person, course, learner))
