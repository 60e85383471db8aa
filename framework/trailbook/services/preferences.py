"""What a learner prefers in a course: chosen by the learner alone, seen by staff in the log."""

from __future__ import annotations

from dataclasses import dataclass

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Invalid
from trailbook.domain.formats import Format
from trailbook.domain.people import Identity
from trailbook.domain.preferences import LEAST_MINUTES, MOST_MINUTES, Pace, Preferences
from trailbook.services.access import enter_course
from trailbook.services.context import Context
from trailbook.services.ports import Event

CHANGED = "preferences_changed"


@dataclass(frozen=True)
class PreferencesView:
    """``first`` is ``read``, ``watch``, ``practise`` or None; ``pace`` is ``calm``, ``steady`` or ``brisk``.

    ``goal`` is the lesson to get to first, None for the whole course.
    """

    first: str | None
    pace: str
    minutes_a_day: int | None
    goal: str | None = None

    @classmethod
    def of(cls, preferences: Preferences) -> PreferencesView:
        """Return the view of what a learner prefers."""
        first = preferences.first.value if preferences.first else None
        goal = str(preferences.goal) if preferences.goal else None
        return cls(first, preferences.pace.value, preferences.minutes_a_day, goal)


def view_preferences(context: Context, identity: Identity, course: str) -> PreferencesView:
    """Return what the person prefers in a course.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course`.
    """
    with context.storage(read_only=True) as work:
        enter_course(work, identity, course)
        return PreferencesView.of(work.preferences.get(identity.name, course))


def set_preferences(
    context: Context,
    identity: Identity,
    course: str,
    *,
    first: str | None,
    pace: str,
    minutes_a_day: int | None,
    goal: str | None = None,
) -> PreferencesView:
    """Keep what the person prefers from now on; it changes what is shown first, never what is required.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course`; ``unknown_lesson``: the goal is none of the course's.
    Invalid
        ``bad_preferences``: a word that is none of the choices, or minutes not within 5 to 240.
    """
    if minutes_a_day is not None and not LEAST_MINUTES <= minutes_a_day <= MOST_MINUTES:
        raise Invalid("bad_preferences", f"Plan {LEAST_MINUTES} to {MOST_MINUTES} minutes a day, or none.")
    if pace not in set(Pace) or (first is not None and first not in set(Format)):
        choices = f"{', '.join(Format)} first, and one of {', '.join(Pace)} as pace"
        raise Invalid("bad_preferences", f"Choose one of {choices}.")
    preferences = Preferences(
        Format(first) if first is not None else None,
        Pace(pace),
        minutes_a_day,
        LessonKey.parse(goal) if goal is not None else None,
    )
    now = context.clock()
    events = []
    with context.storage() as work:
        found = enter_course(work, identity, course)
        if preferences.goal is not None:
            found.get_lesson(preferences.goal)
        if work.preferences.get(identity.name, course) != preferences:
            work.preferences.put(identity.name, course, preferences)
            data = {"first": first, "pace": pace, "minutes_a_day": minutes_a_day, "goal": goal}
            events.append(work.events.append(Event(CHANGED, now, course, identity.name, data=data)))
    context.live.publish(events)
    return PreferencesView.of(preferences)
