"""About how many minutes of work a locked lesson is away."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from trailbook.domain.course import LessonKey
from trailbook.domain.path import LessonStatus, Requirement, Status


def with_minutes(statuses: Mapping[LessonKey, LessonStatus]) -> dict[LessonKey, LessonStatus]:
    """Return the statuses, each locked lesson's with the minutes of the lessons that stand before it.

    A lesson that stands before it by two ways counts once. What waits for a release or for a person takes no minutes.
    """
    before: dict[LessonKey, dict[LessonKey, int]] = {}
    found = {}
    for key, status in statuses.items():
        if status.status is Status.LOCKED and any(not each.met for each in status.requirements):
            found[key] = replace(status, minutes_to_open=sum(_before(key, statuses, before).values()))
        else:
            found[key] = status
    return found


def _before(
    key: LessonKey, statuses: Mapping[LessonKey, LessonStatus], known: dict[LessonKey, dict[LessonKey, int]]
) -> dict[LessonKey, int]:
    """Return the minutes left in each lesson that stands before this one."""
    if key in known:
        return known[key]
    left: dict[LessonKey, int] = {}
    for requirement in statuses[key].requirements:
        required = statuses.get(requirement.lesson)
        if requirement.met or required is None:
            continue
        left[requirement.lesson] = _left(requirement, required)
        if required.status is Status.LOCKED:
            left |= _before(requirement.lesson, statuses, known)
    known[key] = left
    return left


def _left(requirement: Requirement, required: LessonStatus) -> int:
    """Return the part of a lesson's minutes that is as great as the part missing of what is needed, at least 1.

    A lesson in which nothing was answered takes all of them: what is expected of everybody is no work done.
    """
    missing = 1 - requirement.reached / requirement.needed if required.progress.exercises else 1.0
    return max(1, math.ceil(required.lesson.minutes * missing - 1e-9))
