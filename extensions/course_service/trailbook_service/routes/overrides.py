"""What instructors decide in place of the policy, and take back."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.domain.course import LessonKey
from trailbook.domain.overrides import Action
from trailbook.services.override_views import OverrideList, OverrideView
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name, Override, Withdrawal
from trailbook_service.contract import answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["overrides"])


@router.get("/courses/{course}/overrides", responses=answering(OverrideList))
def list_overrides(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return every decision of the course, the newest first; for staff."""
    return json_answer(OverrideList(door.application.list_overrides(person, course)))


@router.post("/courses/{course}/overrides", status_code=201, responses=answering(OverrideView, status=201))
def override(course: Name, wanted: Override, person: Person, door: TheDoor) -> JsonAnswer:
    """Decide on a lesson for a learner or a group; to say again what holds already changes nothing."""
    given = door.application.override(
        person,
        course,
        LessonKey.parse(wanted.lesson),
        action=Action(wanted.action),
        reason=wanted.reason,
        learner=wanted.learner,
        group=wanted.group,
    )
    return json_answer(given, status=201)


@router.post(
    "/courses/{course}/overrides/{override_id}/withdrawals",
    status_code=201,
    responses=answering(OverrideView, status=201),
)
def withdraw(course: Name, override_id: int, withdrawal: Withdrawal, person: Person, door: TheDoor) -> JsonAnswer:
    """Take a decision back: what was before it holds again, and the log keeps both."""
    withdrawn = door.application.withdraw_override(person, course, override_id, reason=withdrawal.reason)
    return json_answer(withdrawn, status=201)
