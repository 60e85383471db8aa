"""Reviews: what fades, and a few exercises that bring it back."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook.services.review_views import ReviewsView, ReviewView
from trailbook_service.answers import JsonAnswer, json_answer
from trailbook_service.bodies import Name, ReviewWish
from trailbook_service.contract import answering
from trailbook_service.credentials import Person
from trailbook_service.door import TheDoor

router = APIRouter(tags=["reviews"])


@router.get("/courses/{course}/reviews", responses=answering(ReviewsView))
def read_reviews(course: Name, person: Person, door: TheDoor) -> JsonAnswer:
    """Return the skills that are due for review for the caller, what faded most first."""
    return json_answer(door.application.view_reviews(person, course))


@router.post("/courses/{course}/reviews", responses=answering(ReviewView))
def start_review(course: Name, wish: ReviewWish, person: Person, door: TheDoor) -> JsonAnswer:
    """Return exercises to do now that fit in the minutes asked for, and note that the review was started.

    The same ones come again until something is answered; their answers are attempts like any other.
    """
    return json_answer(door.application.start_review(person, course, minutes=wish.minutes))
