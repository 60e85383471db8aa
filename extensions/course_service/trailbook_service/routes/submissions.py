"""Submissions: a lesson handed in."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.domain.course import LessonKey
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import HandIn, IdempotencyKey, Name
from trailbook_service.contract import ATTEMPT_QUEUED
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["submissions"])


@router.post("/courses/{course}/lessons/{module}/{lesson}/submissions", status_code=202, responses=ATTEMPT_QUEUED)
def hand_in(
    course: Name, module: Name, lesson: Name, work: HandIn, key: IdempotencyKey, person: Person, door: TheDoor
) -> JsonAnswer:
    """Hand the lesson in and queue it to be graded; the same key again is the same submission."""
    attempt = door.application.hand_in(
        person, course, LessonKey(module, lesson), version=work.version, answers=work.answers, key=key
    )
    return json_answer(attempt, status=202, headers={"Location": f"{door.base_url}api/v1/attempts/{attempt.id}"})
