"""Who I am here."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook_service import __version__
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.contract import Me, answering
from trailbook_service.credentials import Caller
from trailbook_service.door import TheDoor

router = APIRouter(tags=["me"])


@router.get("/me", responses=answering(Me))
def read_me(caller: Caller, door: TheDoor) -> JsonAnswer:
    """Return the caller's name and roles in each course."""
    roles = {course: sorted(role.value for role in roles) for course, roles in sorted(caller.roles.items())}
    return json_answer(Me(caller.name, roles, door.insecure, __version__))
