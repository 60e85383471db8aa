"""The path of a class as a flow: how far people are, and where they wait, fall, skip or are stuck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from trailbook.domain.course import LessonKey
from trailbook.domain.path import Status
from trailbook.domain.struggle import Try, notice

BEGUN = (Status.IN_PROGRESS, Status.MASTERED, Status.DUE)
HELD = (Status.MASTERED, Status.DUE)


class Moment(NamedTuple):
    """Something a learner did in a lesson; ``share`` is that of the points of a graded attempt, else None."""

    learner: str
    lesson: LessonKey
    at: datetime
    exercise: str | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """Where a lesson stands for a learner, and since when."""

    status: Status
    at: datetime


@dataclass(frozen=True)
class FlowRules:
    """When somebody counts as what.

    Attributes
    ----------
    wait_days
        Without doing anything in the course, before a lesson that is open.
    gone_days
        Without doing anything in the course, in the middle of a lesson.
    idle_minutes
        The longest pause between two things done that counts as work.
    """

    wait_days: float = 3.0
    gone_days: float = 7.0
    idle_minutes: float = 10.0


RULES = FlowRules()


@dataclass(frozen=True)
class LessonFlow:
    """One lesson's part of the flow.

    Attributes
    ----------
    locked, open, in_progress, mastered
        How many learners it has each status for; ``open`` is not begun.
    waiting
        Who stopped before it: it is the first that is open to them, and they do nothing.
    fallen
        Who stopped in the middle of it.
    skipped
        Who left it out and began a later one.
    stuck
        Who struggles in it now: the same rule by which learners are offered help.
    for_grader
        Whose answer waits for a person's points.
    minutes, tries
        Medians of those who mastered it: minutes at work, as far as one can tell, and graded attempts; None for nobody.
    """

    lesson: LessonKey
    locked: int
    open: int
    in_progress: int
    mastered: int
    waiting: tuple[str, ...]
    fallen: tuple[str, ...]
    skipped: tuple[str, ...]
    stuck: tuple[str, ...]
    for_grader: tuple[str, ...]
    minutes: float | None
    tries: float | None


Decisions = Mapping[str, Mapping[LessonKey, Decided]]
"""By learner, by lesson."""


def class_flow(
    lessons: Sequence[LessonKey],
    decisions: Decisions,
    moments: Iterable[Moment],
    *,
    now: datetime,
    for_grader: Collection[tuple[str, LessonKey]] = (),
    rules: FlowRules = RULES,
) -> list[LessonFlow]:
    """Return the flow through each lesson, in the course's order.

    Parameters
    ----------
    decisions
        The latest on each learner; who has none did not come yet and is not counted.
    moments
        In any order.
    for_grader
        Learner and lesson of every answer that waits for a person's points.
    """
    work: dict[tuple[str, LessonKey], list[Moment]] = defaultdict(list)
    for moment in sorted(moments, key=attrgetter("at")):
        work[moment.learner, moment.lesson].append(moment)
    known = _Known(tuple(lessons), decisions, work, frozenset(for_grader), now, rules)
    stops = {learner: _stop(known, learner) for learner in decisions}
    return [_lesson_flow(known, key, stops) for key in lessons]


def minutes_at_work(times: Sequence[datetime], *, idle_minutes: float = RULES.idle_minutes) -> float:
    """Return the minutes between things done, a longer pause counting as ``idle_minutes``; times are in order.

    >>> begin = datetime(2026, 3, 1, 12)
    >>> minutes_at_work([begin, begin + timedelta(minutes=4), begin + timedelta(days=1)])
    14.0
    """
    pauses = ((after - before).total_seconds() / 60 for before, after in pairwise(times))
    return sum(min(pause, idle_minutes) for pause in pauses)


@dataclass(frozen=True)
class _Known:
    """All the flow is made of."""

    lessons: tuple[LessonKey, ...]
    decisions: Decisions
    work: Mapping[tuple[str, LessonKey], Sequence[Moment]]
    for_grader: frozenset[tuple[str, LessonKey]]
    now: datetime
    rules: FlowRules

    def status(self, learner: str, key: LessonKey) -> Status | None:
        """Return a lesson's status for a learner, None before the first decision on it."""
        decided = self.decisions[learner].get(key)
        return decided.status if decided else None


@dataclass(frozen=True)
class _Stop:
    """Where a learner stopped, and whether in the middle of it."""

    lesson: LessonKey
    in_the_middle: bool


def _stop(known: _Known, learner: str) -> _Stop | None:
    """Return where a learner stopped, None for one who is at work or has nothing left to do."""
    patience, gone = timedelta(days=known.rules.wait_days), timedelta(days=known.rules.gone_days)
    ends = [(mine[-1].at, key) for key in known.lessons if (mine := known.work.get((learner, key)))]
    idle = timedelta.max
    if ends:
        at, last = max(ends)
        idle = known.now - at
        if known.status(learner, last) is Status.IN_PROGRESS:
            return _Stop(last, in_the_middle=True) if idle >= gone else None
    first = next((key for key in known.lessons if known.status(learner, key) is Status.OPEN), None)
    if first is None or min(idle, known.now - known.decisions[learner][first].at) < patience:
        return None
    return _Stop(first, in_the_middle=False)


def _lesson_flow(known: _Known, key: LessonKey, stops: Mapping[str, _Stop | None]) -> LessonFlow:
    by_status: dict[Status | None, list[str]] = defaultdict(list)
    for learner in sorted(known.decisions):
        by_status[known.status(learner, key)].append(learner)
    done = [known.work.get((learner, key), ()) for status in HELD for learner in by_status[status]]
    idle_minutes = known.rules.idle_minutes
    minutes = [minutes_at_work([each.at for each in mine], idle_minutes=idle_minutes) for mine in done if mine]
    tries = [sum(each.share is not None for each in mine) for mine in done if mine]
    return LessonFlow(
        lesson=key,
        locked=len(by_status[Status.LOCKED]),
        open=len(by_status[Status.OPEN]),
        in_progress=len(by_status[Status.IN_PROGRESS]),
        mastered=sum(len(by_status[status]) for status in HELD),
        waiting=_stopped(stops, _Stop(key, in_the_middle=False)),
        fallen=_stopped(stops, _Stop(key, in_the_middle=True)),
        skipped=tuple(learner for learner in by_status[Status.OPEN] if _went_on(known, learner, key)),
        stuck=tuple(learner for learner in by_status[Status.IN_PROGRESS] if _is_stuck(known, learner, key)),
        for_grader=tuple(sorted(learner for learner, lesson in known.for_grader if lesson == key)),
        minutes=median(minutes) if minutes else None,
        tries=float(median(tries)) if tries else None,
    )


def _went_on(known: _Known, learner: str, key: LessonKey) -> bool:
    """Whether the learner began a later lesson."""
    later = known.lessons[known.lessons.index(key) + 1 :]
    return any(known.status(learner, other) in BEGUN for other in later)


def _stopped(stops: Mapping[str, _Stop | None], wanted: _Stop) -> tuple[str, ...]:
    return tuple(sorted(learner for learner, stop in stops.items() if stop == wanted))


def _is_stuck(known: _Known, learner: str, key: LessonKey) -> bool:
    """Whether the tries at any exercise show struggle, the last of them not long ago."""
    since = known.now - timedelta(days=known.rules.gone_days)
    tries: dict[str | None, list[Moment]] = defaultdict(list)
    for moment in known.work.get((learner, key), ()):
        if moment.share is not None:
            tries[moment.exercise].append(moment)
    return any(
        mine[-1].at >= since and notice([Try(each.share or 0.0) for each in mine]) is not None
        for mine in tries.values()
    )
