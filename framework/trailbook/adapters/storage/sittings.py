"""Practice, test-outs, placements and preferences, in tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, Row, Select, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from trailbook.adapters.storage.plain import from_text, to_text
from trailbook.adapters.storage.tables import Base, BigId, table_of
from trailbook.domain.course import LessonKey
from trailbook.domain.preferences import NO_PREFERENCES, Preferences
from trailbook.domain.sittings import Purpose, Sitting


class SittingRow(Base):
    """One thing a learner took on."""

    __tablename__ = "sittings"
    __table_args__ = (Index("ix_sittings_of_learner", "learner", "course", "number"),)

    number: Mapped[BigId]  # the order they began in
    id: Mapped[str] = mapped_column(unique=True)
    course: Mapped[str]
    learner: Mapped[str]
    purpose: Mapped[str]
    started_at: Mapped[datetime]
    module: Mapped[str | None]  # None for a placement, as the lesson
    lesson: Mapped[str | None]
    items: Mapped[str]  # a JSON list, as the two below
    skipped: Mapped[str]
    ended_at: Mapped[datetime | None]
    known: Mapped[str]


class PreferencesRow(Base):
    """What a learner prefers in a course."""

    __tablename__ = "preferences"

    learner: Mapped[str] = mapped_column(primary_key=True)
    course: Mapped[str] = mapped_column(primary_key=True)
    preferences: Mapped[str]  # a Preferences


SITTINGS = table_of(SittingRow)
# Each answer asks for them while its learner waits, so the statement is made once.
OF_LEARNER = (
    select(*SITTINGS.c)
    .where(SITTINGS.c.learner == bindparam("learner"), SITTINGS.c.course == bindparam("course"))
    .order_by(SITTINGS.c.number)
)
OF_COURSE = select(*SITTINGS.c).where(SITTINGS.c.course == bindparam("course")).order_by(SITTINGS.c.number)


class SqlSittings:
    """See `trailbook.services.ports.sittings.Sittings`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, sitting: Sitting) -> None:
        """Store a sitting, in place of its state before."""
        row = self._session.scalar(select(SittingRow).where(SittingRow.id == sitting.id))
        if row is None:
            row = SittingRow(id=sitting.id)
            self._session.add(row)
        row.course, row.learner, row.purpose = sitting.course, sitting.learner, sitting.purpose.value
        row.started_at, row.ended_at = sitting.started_at, sitting.ended_at
        row.module = sitting.lesson.module if sitting.lesson else None
        row.lesson = sitting.lesson.name if sitting.lesson else None
        row.items, row.skipped = json.dumps(sitting.items), json.dumps(sitting.skipped)
        row.known = json.dumps([[key.module, key.name] for key in sitting.known])
        self._session.flush()

    def of_learner(self, learner: str, course: str) -> Sequence[Sitting]:
        """Return all of a learner's, in the order they began."""
        return self._found(OF_LEARNER, learner=learner, course=course)

    def of_course(self, course: str) -> Sequence[Sitting]:
        """Return all of a course's, in the order they began."""
        return self._found(OF_COURSE, course=course)

    def _found(self, query: Select[tuple[object, ...]], **named: str) -> list[Sitting]:
        return [_sitting(row) for row in self._session.execute(query, named)]


class SqlPreferences:
    """See `trailbook.services.ports.sittings.PreferencesTable`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, learner: str, course: str, preferences: Preferences) -> None:
        """Store a learner's choice, in place of the one before."""
        self._session.merge(PreferencesRow(learner=learner, course=course, preferences=to_text(preferences)))
        self._session.flush()

    def get(self, learner: str, course: str) -> Preferences:
        """Return the learner's choice, `NO_PREFERENCES` before there is one."""
        row = self._session.get(PreferencesRow, (learner, course))
        return from_text(Preferences, row.preferences) if row is not None else NO_PREFERENCES


def _sitting(row: Row[tuple[object, ...]]) -> Sitting:
    return Sitting(
        id=row.id,
        course=row.course,
        learner=row.learner,
        purpose=Purpose(row.purpose),
        started_at=row.started_at,
        lesson=LessonKey(row.module or "", row.lesson) if row.lesson is not None else None,
        items=tuple(json.loads(row.items)),
        skipped=tuple(json.loads(row.skipped)),
        ended_at=row.ended_at,
        known=tuple(LessonKey(*each) for each in json.loads(row.known)),
    )
