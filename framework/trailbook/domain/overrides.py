"""What staff decided for a person or a group in place of the policy: it wins, it is logged, it can be withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from trailbook.domain.course import LessonKey
from trailbook.domain.path import LessonStatus, Requirement, Status


class Action(StrEnum):
    """What staff can decide on a lesson."""

    OPEN = "open"  # whatever it requires
    LOCK = "lock"  # even when it was begun; nothing that was done in it is lost
    MASTER = "master"  # counts as mastered, here and wherever it is required
    RESET = "reset"  # what was done in it before no longer counts on the path; the gradebook keeps its scores


@dataclass(frozen=True)
class Override:
    """One decision in force on one lesson of one learner.

    Attributes
    ----------
    reason
        Why, for staff; learners never read it.
    by
        Who decided.
    at
        When; for `RESET` only what was done after it counts.
    group
        The group it was decided for, "" when it was for the person alone.
    """

    lesson: LessonKey
    action: Action
    reason: str
    by: str
    at: datetime
    group: str = ""


@dataclass(frozen=True)
class OverrideEntry:
    """One line of the append-only log: a decision, or the withdrawal of an earlier one.

    Attributes
    ----------
    id
        Given by the log: 1, 2, …
    learner, group
        Whom it is for: one of the two, the other is "".
    action
        None for a withdrawal.
    withdraws
        Id of the entry that is withdrawn, None for a decision.
    """

    course: str
    lesson: LessonKey
    learner: str
    group: str
    action: Action | None
    reason: str
    by: str
    at: datetime
    withdraws: int | None = None
    id: int = 0


def in_force(log: Iterable[OverrideEntry]) -> list[OverrideEntry]:
    """Return the decisions that were not withdrawn, oldest first, whatever order the log is read in."""
    entries = sorted(log, key=lambda entry: entry.id)
    withdrawn = {entry.withdraws for entry in entries if entry.withdraws is not None}
    return [entry for entry in entries if entry.action is not None and entry.id not in withdrawn]


@dataclass(frozen=True)
class TakenBack:
    """From when until when a decision on a lesson held that was withdrawn since."""

    lesson: LessonKey
    since: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        """Return whether a moment lies in it; that of the decision does, that of the withdrawal does not."""
        return at == self.since or self.since < at < self.until


def taken_back(log: Iterable[OverrideEntry]) -> list[TakenBack]:
    """Return the spans of all decisions that were withdrawn, in the order they were made."""
    entries = sorted(log, key=lambda entry: entry.id)
    ends = {entry.withdraws: entry.at for entry in entries if entry.withdraws is not None}
    return [TakenBack(entry.lesson, entry.at, ends[entry.id]) for entry in entries if entry.id in ends]


def overrides_of(log: Iterable[OverrideEntry], learner: str, groups: Collection[str] = ()) -> dict[LessonKey, Override]:
    """Return what holds for one learner, one decision a lesson at most.

    One for the person wins over one for a group, whenever each was made; among equals the later wins. Withdrawing a
    decision brings back what held before it.

    Parameters
    ----------
    groups
        Names of the groups the learner is in.
    """
    found: dict[LessonKey, Override] = {}
    for entry in in_force(log):
        if entry.action is None or not (entry.learner == learner or (entry.group and entry.group in groups)):
            continue
        earlier = found.get(entry.lesson)
        if earlier is not None and not earlier.group and entry.group:
            continue
        found[entry.lesson] = Override(entry.lesson, entry.action, entry.reason, entry.by, entry.at, entry.group)
    return found


def overridden(status: LessonStatus, override: Override | None) -> LessonStatus:
    """Return the policy's decision on a released lesson with staff's in its place; unchanged without one.

    A lesson that is not released stays as the policy has it: there is nothing to open. A `RESET` changes nothing
    here: it took effect in the progress the policy saw.
    """
    if override is None or override.action is Action.RESET:
        return status
    if override.action is Action.LOCK:
        because = "Your instructor locked this lesson for now. Ask them when it opens; what you did in it is kept."
        return replace(status, status=Status.LOCKED, because=because)
    if override.action is Action.MASTER:
        return replace(status, status=Status.MASTERED, because="Your instructor counts this lesson as mastered.")
    if status.status is not Status.LOCKED:
        return status
    begun = Status.IN_PROGRESS if status.progress.started else Status.OPEN
    return replace(status, status=begun, because=f"Your instructor opened this lesson for you{_all(override)}.")


def with_mastered(
    requirements: Sequence[Requirement], overrides: Mapping[LessonKey, Override]
) -> tuple[Requirement, ...]:
    """Return a lesson's requirements with those met that name a lesson staff count as mastered."""
    return tuple(
        _counted(each) if _is_mastered(overrides.get(each.lesson)) and not each.met else each for each in requirements
    )


def _counted(requirement: Requirement) -> Requirement:
    fulfilled = f"your instructor counts {requirement.title} as mastered"
    return replace(requirement, reached=requirement.needed, fulfilled=fulfilled)


def _is_mastered(override: Override | None) -> bool:
    return override is not None and override.action is Action.MASTER


def _all(override: Override) -> str:
    return " and your group" if override.group else ""
