"""Shows a learner's events to the learner's own pages, with what the page needs to show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from trailbook.domain.hidden_policy import Withheld, withheld
from trailbook.domain.people import Identity, Role
from trailbook.services.answer_history import GRADE
from trailbook.services.attempt_views import attempt_view, exercise_views
from trailbook.services.context import Context
from trailbook.services.path_views import lesson_view
from trailbook.services.ports import Event, UnitOfWork
from trailbook.services.standing import Standing, standing_of
from trailbook.services.views import EventView, as_json

DELIVERED = frozenset(
    {
        "attempt_graded", "submission_graded", "manual_grade", "lesson_unlocked", "path_changed", "lesson_released",
        "struggle_noticed", "question_asked", "sitting_ended",
    }
)  # fmt: skip
"""Kinds that pages are told about."""

TEST_ENDED = "test_ended"
"""Kind of the events that tell how one test ended, while the others run; not in the log."""

MAX_EVENTS = 200


def list_events(context: Context, identity: Identity, *, after: int) -> tuple[int, list[EventView]]:
    """Return the id of the last event read, to go on from, and what happened to the person's work, oldest first.

    The lesson, exercise and attempt in ``data`` are as they stand now, so that a late event never shows an old state.

    Parameters
    ----------
    after
        Id of the last event the person's page knows of. A page that was away for very long gets the newest only.
    """
    with context.storage(read_only=True) as work:
        events: list[Event] = []
        last = after
        while batch := work.events.after(last, learner=identity.name):
            events, last = [*events, *batch][-MAX_EVENTS:], batch[-1].id
        views = [_view(context, work, identity, event) for event in events]
    return last, [view for view in views if view is not None]


def live_view(identity: Identity, event: Event) -> EventView | None:
    """Return an event that is told while it happens and kept nowhere, None for one that is not for this person.

    Who publishes it sees to it that it tells nothing of a withheld verdict.
    """
    is_for_person = event.learner == identity.name and identity.has(event.course, *Role)
    if event.kind != TEST_ENDED or not is_for_person:
        return None
    lesson = str(event.lesson) if event.lesson else None
    return EventView(event.id, event.kind, event.course, lesson, event.exercise, dict(event.data))


def last_event_id(context: Context) -> int:
    """Return the id of the newest event of all: where a page that needs nothing of before begins."""
    with context.storage(read_only=True) as work:
        return work.events.last_id()


def _view(context: Context, work: UnitOfWork, identity: Identity, event: Event) -> EventView | None:
    course = work.courses.find(event.course)
    is_for_person = event.learner in ("", identity.name) and identity.has(event.course, *Role)
    if course is None or not event.trusted or not is_for_person or event.kind not in DELIVERED:
        return None
    now = context.clock()
    standing = standing_of(work, course, identity.name, now=now)
    lesson = str(event.lesson) if event.lesson else None
    data = _data(context, work, standing, event, now=now)
    return EventView(event.id, event.kind, event.course, lesson, event.exercise, data)


def _data(context: Context, work: UnitOfWork, standing: Standing, event: Event, *, now: datetime) -> dict[str, Any]:
    data = {name: value for name, value in event.data.items() if name != GRADE}  # it may tell of hidden tests
    rule = withheld(standing.course, event.lesson.module, now) if event.lesson else None
    if event.lesson is not None and event.lesson in standing.statuses:
        data["lesson"] = as_json(lesson_view(standing, event.lesson, context.addresses))
        exercises = _exercises(work, standing, event, rule)
        data["exercises"] = exercises
        data["exercise"] = next((each for each in exercises if each["id"] == event.exercise), None)
    attempt = work.attempts.find(str(event.data.get("attempt", "")))
    if attempt is not None:
        version = work.versions.find(attempt.course, attempt.lesson, attempt.version)
        view = attempt_view(attempt, version.exercises if version else (), withheld=rule)
        data |= {"attempt": as_json(view), "verdict": view.verdict, "reason": view.reason}
    return data


def _exercises(work: UnitOfWork, standing: Standing, event: Event, rule: Withheld | None) -> list[dict[str, Any]]:
    """Return the exercises an event changed: its own, or all when a whole lesson was graded."""
    if event.lesson is None or event.lesson not in standing.released:
        return []
    views = exercise_views(
        standing.released[event.lesson].exercises,
        standing.statuses[event.lesson].progress.exercises,
        work.attempts.of_learner(standing.learner, event.course, event.lesson),
        withheld=rule,
    )
    return [as_json(view) for view in views if event.exercise in (None, view.id)]
