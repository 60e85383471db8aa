"""What staff see of what was decided for learners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trailbook.domain.course import Course
from trailbook.domain.overrides import OverrideEntry, in_force


@dataclass(frozen=True)
class WithdrawalView:
    """Who withdrew a decision, when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class OverrideView:
    """A decision of staff on one lesson for a learner or a group; the other of the two is "".

    ``action`` is ``open``, ``lock``, ``master`` or ``reset``; ``withdrawn`` is None while it holds.
    """

    id: int
    lesson: str
    title: str
    learner: str
    group: str
    action: str
    reason: str
    by: str
    at: datetime
    withdrawn: WithdrawalView | None


@dataclass(frozen=True)
class OverrideList:
    """Every decision of a course, the newest first; ``next`` is None: all are in it."""

    items: Sequence[OverrideView]
    next: str | None = None


def override_views(course: Course, log: Sequence[OverrideEntry]) -> list[OverrideView]:
    """Return the decisions of a log with what became of them, the newest first."""
    holding = {entry.id for entry in in_force(log)}
    withdrawals = {entry.withdraws: entry for entry in log if entry.withdraws is not None}
    return [
        override_view(course, entry, None if entry.id in holding else withdrawals[entry.id])
        for entry in reversed(log)
        if entry.action is not None
    ]


def override_view(course: Course, entry: OverrideEntry, withdrawal: OverrideEntry | None = None) -> OverrideView:
    """Return one decision; a lesson that the course no longer has is called by its key."""
    lesson = course.find_lesson(entry.lesson)
    return OverrideView(
        id=entry.id,
        lesson=str(entry.lesson),
        title=lesson.title if lesson else str(entry.lesson),
        learner=entry.learner,
        group=entry.group,
        action=entry.action.value if entry.action else "",
        reason=entry.reason,
        by=entry.by,
        at=entry.at,
        withdrawn=WithdrawalView(withdrawal.by, withdrawal.at, withdrawal.reason) if withdrawal else None,
    )
