"""Releases: a course's source, checked, stripped and versioned."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.domain.course import LessonKey
from trailbook.services.release import ReleaseReport
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name, Release
from trailbook_service.contract import answering
from trailbook_service.credentials import Caller
from trailbook_service.door import TheDoor
from trailbook_service.rights import require_instructor

router = APIRouter(tags=["releases"])


@router.post("/courses/{course}/releases", responses=answering(ReleaseReport))
def release(course: Name, wanted: Release, caller: Caller, door: TheDoor) -> JsonAnswer:
    """Release lessons, all when none is named; what has not changed stays as it is."""
    require_instructor(caller, course)
    lessons = [LessonKey.parse(key) for key in wanted.lessons] if wanted.lessons else None
    return json_answer(door.application.release(course, lessons, by=caller.name))
