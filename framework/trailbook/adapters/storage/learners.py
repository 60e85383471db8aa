"""Attempts, progress, events and decisions in tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session, undefer

from trailbook.adapters.storage.plain import from_text, to_text
from trailbook.adapters.storage.tables import AttemptRow, DecisionRow, EventRow, ExerciseProgressRow, LessonProgressRow
from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Conflict
from trailbook.domain.path import Status
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.results import GradingResult
from trailbook.services.ports import Attempt, Decision, Event, JobKind, JobStatus, StoredProgress


class SqlAttempts:
    """See `trailbook.services.ports.Attempts`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, attempt: Attempt) -> None:
        """Add a new attempt; `Conflict` (``key_reused``) when the learner used its key before."""
        if self.find_by_key(attempt.learner, attempt.key) is not None:
            raise Conflict("key_reused", "This was sent before. Reload the page and send it again.")
        self._session.execute(
            insert(AttemptRow).values(
                id=attempt.id,
                kind=attempt.kind.value,
                key=attempt.key,
                course=attempt.course,
                module=attempt.lesson.module,
                lesson=attempt.lesson.name,
                version=attempt.version,
                learner=attempt.learner,
                exercise=attempt.exercise,
                answers=to_text(attempt.answers),
                created_at=attempt.created_at,
                status=attempt.status.value,
                tries=attempt.tries,
                lease_until=attempt.lease_until,
                **_result_columns(attempt.result),
                graded_at=attempt.graded_at,
                recorded_at=attempt.recorded_at,
            )
        )

    def find(self, attempt_id: str) -> Attempt | None:
        """Return the attempt with this id, or None."""
        row = self._session.scalar(
            select(AttemptRow).where(AttemptRow.id == attempt_id).options(undefer(AttemptRow.autograded))
        )
        return _attempt(row, autograded=json.loads(row.autograded or '""')) if row is not None else None

    def find_by_key(self, learner: str, key: str) -> Attempt | None:
        """Return the attempt a learner sent with this key, or None."""
        row = self._session.scalar(select(AttemptRow).where(AttemptRow.learner == learner, AttemptRow.key == key))
        return _attempt(row) if row is not None else None

    def lease(self, attempt_id: str, *, now: datetime, until: datetime) -> Attempt | None:
        """Take a queued job, or one whose lease ran out, count a try, and return it; None when another has it."""
        row = self._session.scalar(
            update(AttemptRow)
            .where(AttemptRow.id == attempt_id, _is_waiting(now))
            .values(status=JobStatus.RUNNING.value, tries=AttemptRow.tries + 1, lease_until=until)
            .returning(AttemptRow)
            .execution_options(populate_existing=True)
        )
        return _attempt(row) if row is not None else None

    def finish(self, attempt_id: str, status: JobStatus, result: GradingResult, *, now: datetime) -> None:
        """Store how a job ended."""
        self._change(attempt_id, status=status.value, **_result_columns(result), graded_at=now, lease_until=None)

    def requeue(self, attempt_id: str) -> None:
        """Give a job back, to be taken again."""
        self._change(attempt_id, status=JobStatus.QUEUED.value, lease_until=None)

    def waiting(self, *, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return queued jobs and jobs whose lease ran out, oldest first."""
        rows = self._session.scalars(
            select(AttemptRow).where(_is_waiting(now)).order_by(AttemptRow.number).limit(limit)
        )
        return [_attempt(row) for row in rows]

    def mark_recorded(self, attempt_id: str, *, now: datetime) -> None:
        """Note that the gradebook has what there is to have of an ended job."""
        self._change(attempt_id, recorded_at=now)

    def unrecorded(self, *, limit: int) -> Sequence[Attempt]:
        """Return ended jobs that the gradebook may not have, oldest first."""
        ended = AttemptRow.status.in_([JobStatus.DONE.value, JobStatus.FAILED.value])
        rows = self._session.scalars(
            select(AttemptRow).where(AttemptRow.recorded_at.is_(None), ended).order_by(AttemptRow.number).limit(limit)
        )
        return [_attempt(row) for row in rows]

    def of_learner(self, learner: str, course: str, lesson: LessonKey) -> Sequence[Attempt]:
        """Return a learner's attempts of a lesson, oldest first."""
        rows = self._session.scalars(
            select(AttemptRow)
            .where(
                AttemptRow.learner == learner,
                AttemptRow.course == course,
                AttemptRow.module == lesson.module,
                AttemptRow.lesson == lesson.name,
            )
            .order_by(AttemptRow.number)
        )
        return [_attempt(row) for row in rows]

    def _change(self, attempt_id: str, **values: Any) -> None:
        self._session.execute(
            update(AttemptRow)
            .where(AttemptRow.id == attempt_id)
            .values(**values)
            .execution_options(synchronize_session="fetch")
        )


class SqlProgress:
    """See `trailbook.services.ports.ProgressTable`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_learner(self, learner: str, course: str) -> Mapping[LessonKey, StoredProgress]:
        """Return all that is stored of a learner in a course, by lesson."""
        exercises: dict[LessonKey, dict[str, ExerciseProgress]] = {}
        row = ExerciseProgressRow
        for module, lesson, detail in self._session.execute(
            select(row.module, row.lesson, row.detail).where(row.learner == learner, row.course == course)
        ):
            progress = from_text(ExerciseProgress, detail)
            exercises.setdefault(LessonKey(module, lesson), {})[progress.exercise] = progress
        flags = {
            LessonKey(each.module, each.lesson): each
            for each in self._session.execute(
                select(
                    LessonProgressRow.module,
                    LessonProgressRow.lesson,
                    LessonProgressRow.started,
                    LessonProgressRow.handed_in,
                ).where(LessonProgressRow.learner == learner, LessonProgressRow.course == course)
            )
        }
        return {
            key: StoredProgress(
                exercises.get(key, {}),
                started=key in flags and flags[key].started,
                handed_in=key in flags and flags[key].handed_in,
            )
            for key in sorted({*exercises, *flags})
        }

    def put_exercise(self, learner: str, course: str, lesson: LessonKey, exercise: ExerciseProgress) -> None:
        """Store a learner's standing on an exercise, in place of the one before."""
        row = ExerciseProgressRow
        place = {"course": course, "learner": learner, "module": lesson.module, "lesson": lesson.name}
        values = {
            "state": exercise.state.value,
            "score": exercise.score,
            "max_score": exercise.max_score,
            "detail": to_text(exercise),
        }
        done = self._session.execute(
            update(row).filter_by(**place, exercise=exercise.exercise).values(**values).returning(row.exercise)
        )
        if done.first() is None:
            self._session.execute(insert(row).values(**place, exercise=exercise.exercise, **values))

    def mark_started(self, learner: str, course: str, lesson: LessonKey) -> bool:
        """Note that the lesson was opened; True the first time."""
        return self._mark(learner, course, lesson, flag="started")

    def mark_handed_in(self, learner: str, course: str, lesson: LessonKey) -> None:
        """Note that the lesson was handed in."""
        self._mark(learner, course, lesson, flag="handed_in")

    def learners(self, course: str) -> Sequence[str]:
        """Return everyone with progress in the course, in the order of names."""
        both = (
            select(LessonProgressRow.learner)
            .where(LessonProgressRow.course == course)
            .union(select(ExerciseProgressRow.learner).where(ExerciseProgressRow.course == course))
        )
        return sorted(self._session.scalars(both))

    def _mark(self, learner: str, course: str, lesson: LessonKey, *, flag: str) -> bool:
        row = LessonProgressRow
        place = {"course": course, "learner": learner, "module": lesson.module, "lesson": lesson.name}
        known = self._session.scalar(select(getattr(row, flag)).filter_by(**place))
        if known is None:
            self._session.execute(insert(row).values(**place, **{"started": False, "handed_in": False, flag: True}))
        elif not known:
            self._session.execute(update(row).filter_by(**place).values(**{flag: True}))
        return not known


class SqlEventLog:
    """See `trailbook.services.ports.EventLog`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, event: Event) -> Event:
        """Add an event and return it with its id."""
        event_id = self._session.scalar(
            insert(EventRow)
            .values(
                kind=event.kind,
                at=event.at,
                course=event.course,
                learner=event.learner,
                module=event.lesson.module if event.lesson else None,
                lesson=event.lesson.name if event.lesson else None,
                exercise=event.exercise,
                actor=event.actor,
                trusted=event.trusted,
                data=to_text(event.data),
            )
            .returning(EventRow.id)
        )
        return replace(event, id=event_id or 0)

    def after(self, event_id: int, *, learner: str | None = None, limit: int = 500) -> Sequence[Event]:
        """Return events with a greater id, oldest first: all, or those of one learner and of no learner."""
        query = select(EventRow).where(EventRow.id > event_id).order_by(EventRow.id).limit(limit)
        if learner is not None:
            query = query.where(EventRow.learner.in_([learner, ""]))
        return [_event(row) for row in self._session.scalars(query)]

    def last_id(self) -> int:
        """Return the id of the newest event, 0 before the first."""
        return self._session.scalar(select(func.max(EventRow.id))) or 0


class SqlDecisions:
    """See `trailbook.services.ports.Decisions`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, decision: Decision) -> None:
        """Add a decision."""
        self._session.execute(
            insert(DecisionRow).values(
                course=decision.course,
                learner=decision.learner,
                module=decision.lesson.module,
                lesson=decision.lesson.name,
                status=decision.status.value,
                because=decision.because,
                at=decision.at,
            )
        )

    def latest(self, learner: str, course: str) -> Mapping[LessonKey, Decision]:
        """Return the last decision on each lesson of a learner."""
        newest = (
            select(func.max(DecisionRow.id))
            .where(DecisionRow.learner == learner, DecisionRow.course == course)
            .group_by(DecisionRow.module, DecisionRow.lesson)
        )
        return {
            LessonKey(row.module, row.lesson): Decision(
                row.course, row.learner, LessonKey(row.module, row.lesson), Status(row.status), row.because, row.at
            )
            for row in self._session.scalars(select(DecisionRow).where(DecisionRow.id.in_(newest)))
        }


def _is_waiting(now: datetime) -> ColumnElement[bool]:
    ran_out = and_(AttemptRow.status == JobStatus.RUNNING.value, AttemptRow.lease_until <= now)
    return or_(AttemptRow.status == JobStatus.QUEUED.value, ran_out)


def _result_columns(result: GradingResult | None) -> dict[str, str | None]:
    if result is None:
        return {"result": None, "autograded": None}
    return {"result": to_text(replace(result, autograded="")), "autograded": to_text(result.autograded)}


def _attempt(row: AttemptRow, *, autograded: str = "") -> Attempt:
    result = from_text(GradingResult, row.result) if row.result is not None else None
    return Attempt(
        id=row.id,
        kind=JobKind(row.kind),
        key=row.key,
        course=row.course,
        lesson=LessonKey(row.module, row.lesson),
        version=row.version,
        learner=row.learner,
        exercise=row.exercise,
        answers=json.loads(row.answers),
        created_at=row.created_at,
        status=JobStatus(row.status),
        tries=row.tries,
        lease_until=row.lease_until,
        result=replace(result, autograded=autograded) if result is not None else None,
        graded_at=row.graded_at,
        recorded_at=row.recorded_at,
    )


def _event(row: EventRow) -> Event:
    return Event(
        kind=row.kind,
        at=row.at,
        course=row.course,
        learner=row.learner,
        lesson=LessonKey(row.module or "", row.lesson) if row.lesson is not None else None,
        exercise=row.exercise,
        actor=row.actor,
        trusted=row.trusted,
        data=json.loads(row.data),
        id=row.id,
    )
