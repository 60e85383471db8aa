"""Reviews: what is due for a learner, and a short set of exercises to do now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from trailbook.domain.errors import Invalid
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.people import Identity
from trailbook.domain.reviewing.choose import ReviewSet, choose_exercises
from trailbook.domain.reviewing.values import DueReview
from trailbook.services.access import enter_course
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.due_reviews import find_due, review_items, taught_skills
from trailbook.services.ports import Event, UnitOfWork
from trailbook.services.review_views import DueView, ReviewExerciseView, ReviewsView, ReviewView
from trailbook.services.standing import Standing, standing_of

REVIEW_STARTED = "review_started"
LEAST_MINUTES, MOST_MINUTES = 1.0, 120.0
NOTHING_DUE = "Nothing is due now. What you learned last needs a rest before it is worth repeating."


@dataclass(frozen=True)
class _Due:
    standing: Standing
    answers: Sequence[Answer]
    reviews: tuple[DueReview, ...]


def view_reviews(context: Context, identity: Identity, course: str) -> ReviewsView:
    """Return what is due for the person in a course.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course`.
    """
    with context.storage(read_only=True) as work:
        found = _find(work, identity, course, now=context.clock())
    due = [
        DueView(each.skill, each.title, each.recall, each.because, _time(each.last_at), _time(each.due_at))
        for each in found.reviews
    ]
    because = "A few minutes now save you from learning it again later." if due else NOTHING_DUE
    return ReviewsView(course, due, because)


def start_review(context: Context, identity: Identity, course: str, *, minutes: float) -> ReviewView:
    """Return exercises for what is due that fit in this many minutes, and note that the review was started.

    With it the path is decided anew, because time alone made it due: so the log has what else could have been done.

    Until something is answered, the same review comes again. Its answers are answers like any other.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course`.
    Invalid
        ``bad_minutes``: not within 1 to 120.
    """
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Invalid("bad_minutes", f"A review takes {LEAST_MINUTES:g} to {MOST_MINUTES:g} minutes. Choose between.")
    now = context.clock()
    events: list[Event] = []
    with context.storage() as work:
        found = _find(work, identity, course, now=now)
        standing = found.standing
        items = review_items(standing.course, standing.released, standing.statuses)
        seed = f"{course}/{identity.name}/{len(found.answers)}/review"
        chosen = choose_exercises(
            found.reviews,
            [item for _, _, item in items.values()],
            minutes=minutes,
            seen={each.item: each.at for each in found.answers if each.at is not None},
            now=now.timestamp(),
            seed=seed,
        )
        if chosen.items:
            events.append(work.events.append(_started(found, chosen, now=now, minutes=minutes, seed=seed)))
            events += update_path(work, standing.course, identity.name, now)
    context.live.publish(events)
    exercises = []
    for chosen_item in chosen.items:
        lesson, exercise, _ = items[chosen_item.item]
        url = context.addresses.lesson(identity.name, course, lesson.key)
        exercises.append(
            ReviewExerciseView(
                lesson=str(lesson.key),
                lesson_title=lesson.title,
                exercise=exercise.id,
                title=exercise.title,
                minutes=chosen_item.minutes,
                skills=[standing.course.title_of(skill) for skill in chosen_item.skills],
                url=f"{url}#exercise-{quote(exercise.id)}",
            )
        )
    return ReviewView(course, chosen.minutes, chosen.because, exercises)


def _find(work: UnitOfWork, identity: Identity, course: str, *, now: datetime) -> _Due:
    entered = enter_course(work, identity, course)
    standing = standing_of(work, entered, identity.name, now=now)
    answers = work.learner_models.answers(work, entered, now=now, learner=identity.name)
    taught = taught_skills(entered, standing.released)
    reviews = find_due(
        entered, standing.statuses, answers, taught=taught, forgetting=work.learner_models.forgetting, now=now
    )
    return _Due(standing, answers, reviews)


def _started(found: _Due, chosen: ReviewSet, *, now: datetime, minutes: float, seed: str) -> Event:
    data = {
        "skills": {each.skill: round(each.recall, 4) for each in found.reviews},
        "items": [each.item for each in chosen.items],
        "minutes": minutes,
        "seed": seed,
    }
    return Event(REVIEW_STARTED, now, found.standing.course.name, found.standing.learner, data=data)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
