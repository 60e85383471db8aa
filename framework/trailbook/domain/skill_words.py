"""What is known of skills, in sentences a learner accepts and an instructor can check."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from trailbook.domain.course import Course
from trailbook.domain.mastery.knowledge import Knowledge, Tally

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def tenths(share: float) -> str:
    """Return a predicted share as so many of ten, rounded down: it must not read as more than is needed.

    >>> tenths(0.7), tenths(0.699), tenths(0.01)
    ('7 of 10', '6 of 10', '0 of 10')
    """
    return f"{math.floor(share * 10 + 1e-7)} of 10"


def solved(course: Course, knowledge: Knowledge, skills: Sequence[str]) -> str:
    """Return what the learner solved of some skills as a sentence."""
    said = []
    for skill in skills:
        tally = knowledge.tallies.get(skill, Tally())
        said.append(f"{tally.solved} of {tally.answered} on {course.title_of(skill)}")
    return f"You solved {joined(said)}."


def evidence(title: str, tally: Tally, *, now: float) -> str:
    """Return what there is to go by on one skill; ``now`` is in seconds since 1970.

    >>> evidence("filtering", Tally(4, 5, 1772582400.0), now=1772755200.0)
    'You solved 4 of 5 on filtering, last on Wednesday.'
    >>> evidence("filtering", Tally(), now=0.0)
    'You have not answered anything on filtering yet.'
    """
    if tally.answered == 0 or tally.last_at is None:
        return f"You have not answered anything on {title} yet."
    return f"You solved {tally.solved} of {tally.answered} on {title}, last {_day(tally.last_at, now)}."


def joined(parts: Sequence[str]) -> str:
    """Return parts as one enumeration.

    >>> joined(["a"]), joined(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def _day(at: float, now: float) -> str:
    """Return when that was, for who reads it now; days are those of UTC."""
    then, today = datetime.fromtimestamp(at, UTC).date(), datetime.fromtimestamp(now, UTC).date()
    days = (today - then).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 7:
        return f"on {DAYS[then.weekday()]}"
    year = f" {then.year}" if then.year != today.year else ""
    return f"on {then.day} {MONTHS[then.month - 1]}{year}"
