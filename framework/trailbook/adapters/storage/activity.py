"""What a class does, read from the tables of everything else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from trailbook.adapters.storage.tables import AttemptRow, DecisionRow, EventRow, ExerciseProgressRow
from trailbook.domain.class_flow import Decided, Moment
from trailbook.domain.course import LessonKey
from trailbook.domain.path import Status
from trailbook.domain.progress import ExerciseState
from trailbook.services.ports import Decision, JobKind

COUNTING = (JobKind.ATTEMPT.value, JobKind.SUBMISSION.value)
"""Kinds of attempts that are tries; practice is none."""


class SqlActivity:
    """See `trailbook.services.ports.activity.Activity`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def moments(self, course: str, *, learner: str | None = None) -> Sequence[Moment]:
        """Return what learners (or one) did in lessons: first what they opened and reported, then what they sent."""
        event, attempt = EventRow, AttemptRow
        reported = select(event.learner, event.module, event.lesson, event.at, event.exercise).where(
            event.course == course,
            event.lesson.is_not(None),
            or_(event.kind == "lesson_opened", event.trusted.is_(False)),
        )
        sent = select(
            attempt.learner,
            attempt.module,
            attempt.lesson,
            attempt.created_at,
            attempt.exercise,
            attempt.result,
            attempt.kind,
        ).where(attempt.course == course)
        if learner is not None:
            reported, sent = reported.where(event.learner == learner), sent.where(attempt.learner == learner)
        key_of = cache(LessonKey)  # a class reports much, on few lessons
        found = [
            Moment(name, key_of(module or "", lesson or ""), at, exercise)
            for name, module, lesson, at, exercise in self._session.execute(reported)
        ]
        found += [
            Moment(
                row.learner,
                key_of(row.module, row.lesson),
                row.created_at,
                row.exercise,
                _share(row.result) if row.kind in COUNTING else None,
            )
            for row in self._session.execute(sent)
        ]
        return found

    def decided(self, course: str) -> Mapping[str, Mapping[LessonKey, Decided]]:
        """Return the latest decision on each lesson by learner."""
        row = DecisionRow
        newest = select(func.max(row.id)).where(row.course == course).group_by(row.learner, row.module, row.lesson)
        found: dict[str, dict[LessonKey, Decided]] = defaultdict(dict)
        for each in self._session.execute(
            select(row.learner, row.module, row.lesson, row.status, row.at).where(row.id.in_(newest))
        ):
            found[each.learner][LessonKey(each.module, each.lesson)] = Decided(Status(each.status), each.at)
        return dict(found)

    def for_grader(self, course: str) -> Collection[tuple[str, LessonKey]]:
        """Return learner and lesson of every answer that waits for a person's points."""
        row = ExerciseProgressRow
        query = select(row.learner, row.module, row.lesson).where(
            row.course == course, row.state == ExerciseState.NEEDS_REVIEW.value
        )
        return {(each.learner, LessonKey(each.module, each.lesson)) for each in self._session.execute(query)}

    def decisions_on(self, learner: str, course: str, *, limit: int) -> Sequence[Decision]:
        """Return the latest decisions on a learner, newest first."""
        row = DecisionRow
        query = select(row).where(row.learner == learner, row.course == course).order_by(row.id.desc()).limit(limit)
        return [
            Decision(
                each.course,
                each.learner,
                LessonKey(each.module, each.lesson),
                Status(each.status),
                each.because,
                each.at,
            )
            for each in self._session.scalars(query)
        ]


def _share(result: str | None) -> float | None:
    """Return the share of points a stored result gives, None for one without tests."""
    tests = json.loads(result)["tests"] if result else []
    most = sum(test["max_score"] for test in tests)
    return sum(test["score"] for test in tests) / most if most > 0 else None
