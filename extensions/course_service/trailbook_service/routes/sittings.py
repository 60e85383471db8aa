"""What learners take on by their own choice: practice, test-outs, placements."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.domain.course import LessonKey
from trailbook.domain.sittings import Purpose
from trailbook.services.sitting_views import SittingList, SittingView
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name, Skip, TakingOn
from trailbook_service.contract import answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["sittings"])
ONE = "/courses/{course}/sittings/{sitting}"


@router.get("/courses/{course}/sittings", responses=answering(SittingList))
def list_sittings(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return all that the caller took on, the newest first."""
    return json_answer(SittingList(door.application.own_ways.list_sittings(person, course)))


@router.get("/courses/{course}/all-sittings", responses=answering(SittingList))
def list_all_sittings(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return all that learners took on, the newest first; for staff."""
    return json_answer(SittingList(door.application.own_ways.list_all_sittings(person, course)))


@router.post("/courses/{course}/sittings", status_code=201, responses=answering(SittingView, status=201))
def take_on(course: Name, wanted: TakingOn, person: Person, door: TheDoor) -> JsonAnswer:
    """Begin practice, a test-out or a placement; what lasts already is returned as it is."""
    lesson = LessonKey.parse(wanted.lesson) if wanted.lesson is not None else None
    return json_answer(door.application.own_ways.take_on(person, course, Purpose(wanted.purpose), lesson), status=201)


@router.post(f"{ONE}/skips", status_code=201, responses=answering(SittingView, status=201))
def skip_question(course: Name, sitting: Name, skip: Skip, person: Person, door: TheDoor) -> JsonAnswer:
    """Say that the answer to a placement's question is not known, and go on."""
    key = LessonKey.parse(skip.lesson)
    skipped = door.application.own_ways.skip_question(person, course, sitting, lesson=key, exercise=skip.exercise)
    return json_answer(skipped, status=201)


@router.put(f"{ONE}/end", responses=answering(SittingView))
def end_sitting(course: Name, sitting: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """End what was taken on; nothing is lost by it."""
    return json_answer(door.application.own_ways.end_sitting(person, course, sitting))
