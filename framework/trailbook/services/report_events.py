"""Notes what a learner's own server says happened there: a hint, which moves no score and opens no lesson."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Invalid, NotFound, TooLarge
from trailbook.domain.people import Identity
from trailbook.services.access import enter_course, latest_version
from trailbook.services.context import Context
from trailbook.services.open_lesson import refuse_locked
from trailbook.services.ports import Event
from trailbook.services.standing import standing_of

OURS = frozenset(
    {
        "lesson_opened", "attempt_submitted", "lesson_handed_in", "attempt_graded", "submission_graded",
        "lesson_unlocked", "path_changed", "manual_grade", "lesson_released", "review_started",
        "override_given", "override_withdrawn", "sitting_started", "sitting_ended", "question_asked",
        "question_skipped", "struggle_noticed", "too_hard", "help_wanted", "preferences_changed",
    }
)  # fmt: skip
"""Kinds that only the course service itself may write."""

MAX_ITEMS = 200
MAX_DATA_BYTES = 2_000


def report_events(
    context: Context, identity: Identity, course: str, lesson: LessonKey, items: Sequence[Mapping[str, Any]]
) -> None:
    """Append what was reported to the log, marked as not trusted.

    Parameters
    ----------
    items
        Each ``{"kind", "exercise"?, "seconds"?, "data"?}``; all or none are kept.

    Raises
    ------
    NotFound, NotAllowed, LessonLocked
        As for `open_lesson`; ``unknown_exercise``.
    Invalid, TooLarge
        ``bad_event``: an item cannot be read; ``too_many_events``; ``too_large``.
    """
    if len(items) > MAX_ITEMS:
        raise TooLarge("too_many_events", f"At most {MAX_ITEMS} events can be reported at once.", limit=MAX_ITEMS)
    now = context.clock()
    with context.storage() as work:
        found = enter_course(work, identity, course)
        known = {exercise.id for exercise in latest_version(work, found, lesson).exercises}
        refuse_locked(standing_of(work, found, identity.name, now=now), identity, lesson)
        for item in items:
            exercise = item.get("exercise")
            if exercise is not None and exercise not in known:
                raise NotFound("unknown_exercise", f"The lesson has no exercise {exercise!r}.", exercise=str(exercise))
            data = _data(item)
            kind = _kind(item)
            work.events.append(
                Event(kind, now, course, identity.name, lesson, exercise, actor="server", trusted=False, data=data)
            )


def _kind(item: Mapping[str, Any]) -> str:
    kind = item.get("kind")
    if not isinstance(kind, str) or not 0 < len(kind) <= 40 or not kind.isidentifier() or kind in OURS:
        raise Invalid("bad_event", f"{kind!r} is no kind of event that a learner's server can report.")
    return kind


def _data(item: Mapping[str, Any]) -> dict[str, Any]:
    data = dict(item.get("data") or {})
    if item.get("seconds") is not None:
        data["seconds"] = item["seconds"]
    try:
        size = len(json.dumps(data, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise Invalid("bad_event", "An event's data are plain JSON values.") from error
    if size > MAX_DATA_BYTES:
        raise TooLarge("too_large", f"An event's data have at most {MAX_DATA_BYTES} bytes.", limit=MAX_DATA_BYTES)
    return data
