"""Help: what may help now, "too hard", and questions to the people who teach."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from trailbook.domain.course import LessonKey
from trailbook.services.help_views import HelpView, QuestionList
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Difficulty, HelpWanted, Name
from trailbook_service.contract import REFUSED, answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["help"])
LESSON = "/courses/{course}/lessons/{module}/{lesson}"
Exercise = Annotated[Name | None, Query()]


@router.get(f"{LESSON}/help", responses=answering(HelpView))
def view_help(
    course: Name, module: Name, lesson: Name, person: Person, door: TheDoor, exercise: Exercise = None
) -> JsonAnswer:
    """Return whether the caller struggles with an exercise, and what may help; without one, in the lesson."""
    key = LessonKey(module, lesson)
    return json_answer(door.application.own_ways.view_help(person, course, key, exercise=exercise))


@router.post(f"{LESSON}/difficulties", status_code=201, responses=answering(HelpView, status=201))
def say_too_hard(
    course: Name, module: Name, lesson: Name, difficulty: Difficulty, person: Person, door: TheDoor
) -> JsonAnswer:
    """Say that it is too hard; the answer is what may help, and the path repairs what is missing."""
    key = LessonKey(module, lesson)
    said = door.application.own_ways.say_too_hard(person, course, key, exercise=difficulty.exercise)
    return json_answer(said, status=201)


@router.post(f"{LESSON}/help-requests", status_code=204, responses=REFUSED)
def ask_person(course: Name, module: Name, lesson: Name, wanted: HelpWanted, person: Person, door: TheDoor) -> Response:
    """Send a question to the people who teach the course."""
    door.application.own_ways.ask_person(
        person,
        course,
        LessonKey(module, lesson),
        exercise=wanted.exercise,
        question=wanted.question,
        is_shared=wanted.shared,
    )
    return Response(status_code=204)


@router.get("/courses/{course}/help-requests", responses=answering(QuestionList))
def list_questions(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return what learners asked, the newest first; for staff."""
    return json_answer(QuestionList(door.application.own_ways.list_questions(person, course)))
