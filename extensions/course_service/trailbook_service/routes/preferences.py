"""What a learner prefers."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.services.preferences import PreferencesView
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name, Preferred
from trailbook_service.contract import answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["preferences"])


@router.get("/courses/{course}/preferences", responses=answering(PreferencesView))
def view_preferences(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return what the caller prefers."""
    return json_answer(door.application.own_ways.view_preferences(person, course))


@router.put("/courses/{course}/preferences", responses=answering(PreferencesView))
def set_preferences(course: Name, preferred: Preferred, person: Person, door: TheDoor) -> JsonAnswer:
    """Keep what the caller prefers: it changes what is shown first, never what is required."""
    kept = door.application.own_ways.set_preferences(
        person,
        course,
        first=preferred.first,
        pace=preferred.pace,
        minutes_a_day=preferred.minutes_a_day,
        goal=preferred.goal,
    )
    return json_answer(kept)
