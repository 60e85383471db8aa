"""A learner's path with what is next on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trailbook.domain.course import Course
from trailbook.domain.recommending import Recommendation
from trailbook.services.ports import UnitOfWork
from trailbook.services.recommend_next import recommend_for
from trailbook.services.standing import Standing, standing_of


@dataclass(frozen=True)
class Plan:
    """Where a learner stands, with what is due; ``recommendation`` is None in a course that goes by points."""

    standing: Standing
    recommendation: Recommendation | None = None


def plan_of(work: UnitOfWork, course: Course, learner: str, *, now: datetime) -> Plan:
    """Return where the learner stands now and what is next, the same until the learner has answered something."""
    standing = standing_of(work, course, learner, now=now)
    if standing.knowledge is None:
        return Plan(standing)
    return Plan(*recommend_for(work, standing, forgetting=work.learner_models.forgetting, now=now))
