"""Attempts, and the history of their results, in tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, undefer

from trailbook.adapters.storage.plain import from_text, to_text
from trailbook.adapters.storage.tables import AttemptRow, ResultRow, UtcDateTime, table_of
from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Conflict
from trailbook.domain.results import GradingResult
from trailbook.services.ports import Attempt, JobKind, JobStatus, PastResult
from trailbook.services.ports.jobs import Priority, QueuedJob

# What every answer needs while its learner waits is made once: to build such a statement takes longer than to run it.
ATTEMPTS = table_of(AttemptRow)
INSERT = {
    name: made(ATTEMPTS).on_conflict_do_nothing(index_elements=["learner", "key"]).returning(ATTEMPTS.c.number)
    for name, made in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
FIND_BY_KEY = select(*(column for column in ATTEMPTS.c if column.name != "autograded")).where(
    ATTEMPTS.c.learner == bindparam("learner"), ATTEMPTS.c.key == bindparam("key")
)
RECEIVED = (
    select(ATTEMPTS.c.created_at)
    .where(ATTEMPTS.c.learner == bindparam("learner"), ATTEMPTS.c.created_at > bindparam("since"))
    .order_by(ATTEMPTS.c.created_at.desc())
    .limit(1)
    .offset(bindparam("skipped"))
)
LATEST_GRADED = (
    select(ATTEMPTS.c.created_at, ATTEMPTS.c.result)
    .where(*(ATTEMPTS.c[name] == bindparam(name) for name in ("learner", "course", "module", "lesson", "exercise")))
    .where(ATTEMPTS.c.result.is_not(None))
    .order_by(ATTEMPTS.c.number.desc())
    .limit(bindparam("limit"))
)


class SqlAttempts:
    """See `trailbook.services.ports.Attempts`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, attempt: Attempt) -> None:
        """Add a new attempt; `Conflict` (``key_reused``) when the learner used its key before."""
        statement = INSERT[self._session.get_bind().dialect.name]
        if self._session.execute(statement, _columns(attempt)).first() is None:
            raise Conflict("key_reused", "This was sent before. Reload the page and send it again.")

    def find(self, attempt_id: str) -> Attempt | None:
        """Return the attempt with this id, or None."""
        row = self._session.scalar(
            select(AttemptRow).where(AttemptRow.id == attempt_id).options(undefer(AttemptRow.autograded))
        )
        return _attempt(row, autograded=json.loads(row.autograded or '""')) if row is not None else None

    def find_by_key(self, learner: str, key: str) -> Attempt | None:
        """Return the attempt a learner sent with this key, or None."""
        row = self._session.execute(FIND_BY_KEY, {"learner": learner, "key": key}).first()
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
        """Store how a job ended, and keep it in the history."""
        columns = _result_columns(result)
        self._change(attempt_id, status=status.value, **columns, graded_at=now, lease_until=None)
        tries = select(AttemptRow.id, AttemptRow.tries, literal(columns["result"]), literal(now, UtcDateTime())).where(
            AttemptRow.id == attempt_id
        )
        row = ResultRow
        self._session.execute(insert(row).from_select([row.attempt, row.tries, row.result, row.at], tries))

    def results(self, attempt_id: str) -> Sequence[PastResult]:
        """Return every result there was of a job, oldest first, without executed notebooks."""
        rows = self._session.scalars(select(ResultRow).where(ResultRow.attempt == attempt_id).order_by(ResultRow.id))
        return [PastResult(row.tries, from_text(GradingResult, row.result), row.at) for row in rows]

    def requeue(self, attempt_id: str) -> None:
        """Give a job back, to be taken again."""
        self._change(attempt_id, status=JobStatus.QUEUED.value, lease_until=None)

    def requeue_running(self) -> Sequence[str]:
        """Give every job back that runs, whatever its lease says, and return their ids."""
        row = AttemptRow
        return self._session.scalars(
            update(row)
            .where(row.status == JobStatus.RUNNING.value)
            .values(status=JobStatus.QUEUED.value, lease_until=None)
            .returning(row.id)
        ).all()

    def renew(self, attempt_id: str, *, tries: int, until: datetime) -> bool:
        """Hold a running job until then; False when this try is no longer the one that runs."""
        row = AttemptRow
        renewed = self._session.scalar(
            update(row)
            .where(row.id == attempt_id, row.status == JobStatus.RUNNING.value, row.tries == tries)
            .values(lease_until=until)
            .returning(row.id)
        )
        return renewed is not None

    def queued(
        self, *, now: datetime, limit: int, courses: Collection[str] | None = None, other_than: Collection[str] = ()
    ) -> Sequence[QueuedJob]:
        """Return waiting jobs of these courses but not of those others, the most urgent first."""
        query = _queued_jobs(now).order_by(PRIORITY, AttemptRow.number).limit(limit)
        if courses is not None:
            query = query.where(AttemptRow.course.in_(sorted(courses)))
        if other_than:
            query = query.where(AttemptRow.course.not_in(sorted(other_than)))
        return [_queued_job(row) for row in self._session.execute(query)]

    def find_queued(self, attempt_id: str, *, now: datetime) -> QueuedJob | None:
        """Return a job if it waits for a worker now."""
        row = self._session.execute(FIND_QUEUED, {"id": attempt_id, "now": now}).first()
        return _queued_job(row) if row is not None else None

    def count_queued(self, *, limit: int) -> int:
        """Return how many jobs are queued; it counts no further than the limit."""
        found = select(AttemptRow.number).where(AttemptRow.status == JobStatus.QUEUED.value).limit(limit)
        return self._session.scalar(select(func.count()).select_from(found.subquery())) or 0

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

    def received_nth(self, learner: str, nth: int, *, since: datetime) -> datetime | None:
        """Return when the ``nth`` newest (≥ 1) of a learner's jobs came, of any course; None if not after ``since``."""
        at: datetime | None = self._session.scalar(RECEIVED, {"learner": learner, "since": since, "skipped": nth - 1})
        return at

    def latest_graded(
        self, learner: str, course: str, lesson: LessonKey, *, exercise: str, limit: int
    ) -> Sequence[tuple[datetime, GradingResult]]:
        """Return when a learner's latest graded attempts at an exercise came, and their results, newest first."""
        place = {"learner": learner, "course": course, "module": lesson.module, "lesson": lesson.name}
        found = self._session.execute(LATEST_GRADED, {**place, "exercise": exercise, "limit": limit})
        return [(at, from_text(GradingResult, result or "")) for at, result in found]

    def _change(self, attempt_id: str, **values: Any) -> None:
        self._session.execute(
            update(AttemptRow)
            .where(AttemptRow.id == attempt_id)
            .values(**values)
            .execution_options(synchronize_session="fetch")
        )


PRIORITY = case(
    (AttemptRow.graded_at.is_not(None), Priority.REGRADE.value),
    (AttemptRow.kind == JobKind.SUBMISSION.value, Priority.HAND_IN.value),
    else_=Priority.ANSWER.value,
)


def _queued_jobs(now: datetime | BindParameter[datetime]) -> Select[Any]:
    return select(ATTEMPTS.c.id, ATTEMPTS.c.course, PRIORITY).where(_is_waiting(now))


def _queued_job(row: Sequence[Any]) -> QueuedJob:
    attempt_id, course, priority = row
    return QueuedJob(attempt_id, course, Priority(priority))


def _is_waiting(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    ran_out = and_(AttemptRow.status == JobStatus.RUNNING.value, AttemptRow.lease_until <= now)
    return or_(AttemptRow.status == JobStatus.QUEUED.value, ran_out)


FIND_QUEUED = _queued_jobs(bindparam("now", type_=UtcDateTime())).where(ATTEMPTS.c.id == bindparam("id"))


def _columns(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": attempt.id,
        "kind": attempt.kind.value,
        "key": attempt.key,
        "course": attempt.course,
        "module": attempt.lesson.module,
        "lesson": attempt.lesson.name,
        "version": attempt.version,
        "learner": attempt.learner,
        "exercise": attempt.exercise,
        "answers": to_text(attempt.answers),
        "created_at": attempt.created_at,
        "status": attempt.status.value,
        "tries": attempt.tries,
        "lease_until": attempt.lease_until,
        **_result_columns(attempt.result),
        "graded_at": attempt.graded_at,
        "recorded_at": attempt.recorded_at,
        "sha256": attempt.sha256,
        "signature": attempt.signature,
    }


def _result_columns(result: GradingResult | None) -> dict[str, str | None]:
    if result is None:
        return {"result": None, "autograded": None}
    return {"result": to_text(replace(result, autograded="")), "autograded": to_text(result.autograded)}


def _attempt(row: AttemptRow | Row[Any], *, autograded: str = "") -> Attempt:
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
        sha256=row.sha256,
        signature=row.signature,
    )
