"""How well each alternative suits a learner now: a sum of parts with names, so that it can be told and checked.

The weights say what comes first: the learner's goal (0.5), then work in the zone (0.4), what is under way (0.25), what
fades (up to 0.5), variety (0.1), and the author's order (0.02 a place). Steps are coarse on purpose: what differs by
less than the model can know is equal, and equal choices are drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from trailbook.domain.course import LessonKey
from trailbook.domain.path import Status
from trailbook.domain.recommending.candidates import is_waiting
from trailbook.domain.recommending.gaps import way_to
from trailbook.domain.recommending.values import Alternative, Situation, StepKind, Wishes
from trailbook.domain.recommending.zone import fit

GOAL, ZONE, UNDER_WAY, DUE, OVERDUE, VARIETY, PLACE = 0.5, 0.4, 0.25, 0.15, 0.35, 0.1, 0.02
LAST_PLACE = 10  # places after this one are equal
RECALL, LOST = 0.9, 0.5  # a skill is due from the one, and as urgent as can be from the other
RECENT = 3  # answers that variety looks back on
LAST_OF_ALL = -2.0


def scored(situation: Situation, wishes: Wishes, found: Collection[Alternative]) -> list[Alternative]:
    """Return the alternatives with the parts of their scores."""
    way = _way(situation, wishes)
    places = _places(situation)
    last = _last(situation)
    return [
        replace(
            each, parts=_rounded({**each.parts, **_parts(situation, wishes, each, way=way, places=places, last=last)})
        )
        for each in found
    ]


def _parts(
    situation: Situation,
    wishes: Wishes,
    each: Alternative,
    *,
    way: Mapping[LessonKey, frozenset[str]],
    places: Mapping[LessonKey, int],
    last: Collection[tuple[LessonKey, frozenset[str]]],
) -> dict[str, float]:
    parts = {"zone": ZONE * fit(each.expected, wishes.zone), "variety": VARIETY * (1.0 - _repeated(last, each))}
    if each.lesson is None:
        parts["due"] = DUE + OVERDUE * _urgency(situation)
        on_way = any(skill in skills for skills in way.values() for skill in each.skills)
    else:
        status = situation.statuses[each.lesson.key].status
        parts["under_way"] = UNDER_WAY if status is Status.IN_PROGRESS else 0.0
        parts["place"] = -PLACE * min(places.get(each.lesson.key, 0), LAST_PLACE)
        on_way = each.lesson.key in way
        if each.kind is StepKind.LESSON and is_waiting(situation, each.lesson):
            parts["waiting"] = LAST_OF_ALL
    if way:
        parts["goal"] = GOAL if on_way else 0.0
    return parts


def _way(situation: Situation, wishes: Wishes) -> dict[LessonKey, frozenset[str]]:
    """Return the lessons on the way to the goal with what they teach; empty without a goal that is still ahead."""
    if wishes.goal is None or wishes.goal not in situation.statuses:
        return {}
    if situation.statuses[wishes.goal].status in (Status.MASTERED, Status.DUE):
        return {}
    return {
        key: frozenset(situation.skills_of(situation.statuses[key].lesson)) for key in way_to(situation, wishes.goal)
    }


def _places(situation: Situation) -> dict[LessonKey, int]:
    """Return each open lesson's place in the author's order; those that ask for the same lessons share one.

    An author orders by what lessons require: what waits for the same is as good the one way as the other.
    """
    places: dict[LessonKey, int] = {}
    of_group: dict[frozenset[LessonKey], int] = {}
    free = 0
    for status in situation.statuses.values():
        if status.status not in (Status.OPEN, Status.IN_PROGRESS):
            continue
        group = frozenset(status.lesson.requires)
        if group and group in of_group:
            places[status.lesson.key] = of_group[group]
            continue
        places[status.lesson.key] = of_group[group] = free
        free += 1
    return places


def _last(situation: Situation) -> list[tuple[LessonKey, frozenset[str]]]:
    """Return the lesson of each of the last answers, with what it is about."""
    lessons = (situation.statuses[key].lesson for key in situation.recent[-RECENT:] if key in situation.statuses)
    return [(lesson.key, frozenset(situation.skills_of(lesson))) for lesson in lessons]


def _repeated(last: Collection[tuple[LessonKey, frozenset[str]]], each: Alternative) -> float:
    """Return the share of the last answers that were about the same, in [0, 1]."""
    own = each.lesson.key if each.lesson else None
    alike = sum(key == own or not skills.isdisjoint(each.skills) for key, skills in last)
    return alike / len(last) if last else 0.0


def _urgency(situation: Situation) -> float:
    """Return how much of what is due has faded, in [0, 1], in steps of a tenth."""
    least = min(review.recall for review in situation.reviews)
    return round(min(max((RECALL - least) / (RECALL - LOST), 0.0), 1.0), 1)


def _rounded(parts: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 6) + 0.0 for name, value in parts.items()}
