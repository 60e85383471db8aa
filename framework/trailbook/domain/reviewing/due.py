"""What is due for review now, and what is said about it: kindly, because forgetting is how memory works."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

from trailbook.domain.course import LessonKey
from trailbook.domain.path import LessonStatus, Status
from trailbook.domain.reviewing.memory import DAY, Forgetting, Memory
from trailbook.domain.reviewing.values import DueReview


def due_reviews(
    known: Mapping[str, Memory],
    held: Collection[str],
    forgetting: Forgetting,
    *,
    now: float,
    titles: Mapping[str, str] | None = None,
) -> tuple[DueReview, ...]:
    """Return the skills that are due, what faded most first.

    Parameters
    ----------
    held
        Skills the learner has mastered; what was never held is learned, not reviewed.
    now
        Seconds since 1970.
    titles
        What learners read for a skill; one without a title is called by its name.
    """
    found = []
    for skill in held:
        memory = known.get(skill)
        if memory is None or memory.due_at > now:
            continue
        recall = forgetting.recall(memory, at=max(now, memory.last_at))
        title = (titles or {}).get(skill, skill)
        because = _because(title, recall, now - memory.last_at)
        found.append(DueReview(skill, title, recall, memory.last_at, memory.due_at, because))
    return tuple(sorted(found, key=lambda each: (each.recall, each.skill)))


def held_skills(
    statuses: Mapping[LessonKey, LessonStatus], taught: Mapping[LessonKey, Collection[str]]
) -> frozenset[str]:
    """Return the skills of the lessons the learner has mastered; ``taught`` names each lesson's."""
    done = (key for key, status in statuses.items() if status.status in (Status.MASTERED, Status.DUE))
    return frozenset(skill for key in done for skill in taught.get(key, ()))


def with_due(
    statuses: Mapping[LessonKey, LessonStatus],
    reviews: Collection[DueReview],
    *,
    taught: Mapping[LessonKey, Collection[str]],
) -> dict[LessonKey, LessonStatus]:
    """Return the statuses with mastered lessons marked as due where a skill of theirs is; nothing is ever locked."""
    by_skill = {review.skill: review for review in reviews}
    marked = {}
    for key, status in statuses.items():
        due = [by_skill[skill] for skill in taught.get(key, ()) if skill in by_skill]
        if status.status is Status.MASTERED and due:
            worst = min(due, key=lambda each: (each.recall, each.skill))
            marked[key] = replace(status, status=Status.DUE, because=f"{status.because} {worst.because}")
        else:
            marked[key] = status
    return marked


def _because(title: str, recall: float, seconds: float) -> str:
    days = math.floor(max(seconds, 0.0) / DAY)
    when = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    chance = min(max(round(recall * 10), 1), 9)
    return (
        f"You last practised {title} {when}. As with everybody some of it fades: about {chance} in 10 is still there, "
        "and a few minutes bring the rest back."
    )
