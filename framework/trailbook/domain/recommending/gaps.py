"""Gaps: a lesson is too hard now, because a skill it builds on is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trailbook.domain.course import Lesson, LessonKey
from trailbook.domain.path import LessonStatus
from trailbook.domain.recommending.values import Situation, Wishes
from trailbook.domain.recommending.zone import is_within


@dataclass(frozen=True)
class Gap:
    """A weak skill under a lesson, and the lesson that taught it; ``is_said`` where the learner said it is too hard."""

    lesson: Lesson
    skill: str
    probability: float
    taught_by: Lesson
    is_said: bool


def gap_of(situation: Situation, lesson: Lesson, wishes: Wishes) -> Gap | None:
    """Return the weakest skill the lesson builds on that keeps it out of the learner's zone, None where none does.

    Only skills with answers count: what was never tried is not weak. Where the learner called the lesson too hard,
    the weakest is named whatever is expected of it.
    """
    is_said = lesson.key in situation.too_hard
    expected = situation.expected(lesson)
    if not is_said and (expected is None or expected >= wishes.zone[0] or is_within(expected, wishes.zone)):
        return None
    enough = 1.0 if is_said else wishes.zone[0]
    if situation.weakest >= enough:
        return None
    own = situation.skills_of(lesson)
    weak = [
        (known.probability, place, known.skill, below.lesson)
        for place, below in enumerate(_below(situation, lesson))
        for known in situation.tried.get(below.lesson.key, ())
        if known.probability < enough and known.skill not in own
    ]
    if not weak:
        return None
    probability, _, skill, taught_by = min(weak, key=lambda each: each[:3])
    return Gap(lesson, skill, probability, taught_by, is_said)


def way_to(situation: Situation, goal: LessonKey) -> frozenset[LessonKey]:
    """Return the lessons on the way to a goal, with itself; empty where one of them cannot be opened by anybody."""
    status = situation.statuses.get(goal)
    if status is None:
        return frozenset()
    way = [status, *_below(situation, status.lesson)]
    if any(not each.is_open and all(asked.met for asked in each.requirements) for each in way):
        return frozenset()  # it is not released
    return frozenset(each.lesson.key for each in way)


def _below(situation: Situation, lesson: Lesson) -> Iterator[LessonStatus]:
    """Yield what a lesson requires, directly or not, the nearest first, each once."""
    seen = {lesson.key}
    level = [lesson]
    while level:
        required = [key for each in level for key in each.requires]
        level = []
        for key in required:
            status = situation.statuses.get(key)
            if status is None or key in seen:
                continue
            seen.add(key)
            level.append(status.lesson)
            yield status
