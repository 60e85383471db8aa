"""How soon a learner may send the next answer: a pure function of what was sent before and the time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from trailbook.domain.course import GradingRules

MINUTE = timedelta(seconds=60)


@dataclass(frozen=True)
class Tried:
    """A graded attempt at one exercise: when it was received, and whether all that may be shown of it passed."""

    at: datetime
    passed: bool


@dataclass(frozen=True)
class Wait:
    """The next answer is too soon: whole seconds to wait, ≥ 1, and a sentence for the learner."""

    seconds: int
    message: str


def wait_for_rate(first: datetime | None, now: datetime) -> Wait | None:
    """Return how long to wait because of the answers of the last minute, or None.

    Parameters
    ----------
    first
        When the first of as many answers as a minute may have came, the latest being the last of them; None where the
        learner did not send so many.
    """
    if first is None:
        return None
    seconds = _seconds(first + MINUTE - now)
    if seconds <= 0:
        return None
    return Wait(seconds, f"That was quick! {_next(seconds)}")


def wait_for_cool_down(rules: GradingRules, tried: Sequence[Tried], now: datetime) -> Wait | None:
    """Return how long to wait because of failed attempts in a row at this exercise, or None.

    From the limit on each further failed attempt starts the pause again; a pass ends it.

    Parameters
    ----------
    tried
        The learner's graded attempts at the exercise, newest first; more than ``cool_down_after`` are not needed.
    """
    failed = list(takewhile(lambda each: not each.passed, tried))
    if not failed or len(failed) < rules.cool_down_after:
        return None
    seconds = _seconds(failed[0].at + timedelta(seconds=rules.cool_down_seconds) - now)
    if seconds <= 0:
        return None
    message = f"Take a moment to look at what the tests say: {rules.cool_down_after} tries in a row did not pass yet. "
    return Wait(seconds, message + _next(seconds))


def _seconds(left: timedelta) -> int:
    return math.ceil(left.total_seconds())


def _next(seconds: int) -> str:
    return f"You can send the next answer in {seconds} s; Run and Check still work."
