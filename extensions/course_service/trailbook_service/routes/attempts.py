"""Attempts: one answer to one exercise, sent to be graded."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.domain.course import LessonKey
from trailbook.domain.receipts import Receipt
from trailbook.services.views import AttemptView
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Answer, IdempotencyKey, Name
from trailbook_service.contract import ATTEMPT_QUEUED, AttemptList, answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["attempts"])


@router.post("/courses/{course}/lessons/{module}/{lesson}/attempts", status_code=202, responses=ATTEMPT_QUEUED)
def submit_answer(
    course: Name, module: Name, lesson: Name, answer: Answer, key: IdempotencyKey, person: Person, door: TheDoor
) -> JsonAnswer:
    """Queue an answer to be graded; the same key again is the same attempt. Its result is asked for, not repeated here.

    429 `too_many_attempts` and `cooling_down` say in `details.seconds` and `Retry-After` how long to wait.
    """
    attempt = door.application.submit_answer(
        person,
        course,
        LessonKey(module, lesson),
        exercise=answer.exercise,
        version=answer.version,
        answers=answer.answers,
        key=key,
    )
    return json_answer(attempt, status=202, headers={"Location": f"{door.base_url}api/v1/attempts/{attempt.id}"})


@router.get("/attempts/{attempt}", responses=answering(AttemptView))
def read_attempt(attempt: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return an attempt or a submission of the caller's."""
    return json_answer(door.application.find_attempt(person, attempt))


@router.get("/attempts/{attempt}/receipt", responses=answering(Receipt))
def read_receipt(attempt: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return the signed receipt of an attempt or a submission of the caller's, as a file to keep."""
    receipt = door.application.view_receipt(person, attempt)
    return json_answer(receipt.as_json(), headers={"Content-Disposition": 'attachment; filename="receipt.json"'})


@router.get("/courses/{course}/attempts", responses=answering(AttemptList))
def list_attempts(course: Name, lesson: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return the caller's attempts of one lesson (`module/lesson`), newest first."""
    items = door.application.list_attempts(person, course, LessonKey.parse(lesson))
    return json_answer(AttemptList(items))
