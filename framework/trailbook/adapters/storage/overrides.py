"""The log of what staff decided, in a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Select, and_, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from trailbook.adapters.storage.tables import Base, BigId
from trailbook.domain.course import LessonKey
from trailbook.domain.overrides import Action, OverrideEntry


class OverrideRow(Base):
    """A decision of staff, or its withdrawal; triggers refuse to change or delete it."""

    __tablename__ = "overrides"
    __table_args__ = (Index("ix_overrides_of_course", "course", "learner", "id"), {"sqlite_autoincrement": True})

    id: Mapped[BigId]
    course: Mapped[str]
    module: Mapped[str]
    lesson: Mapped[str]
    learner: Mapped[str]  # "" when it is for a group
    group_name: Mapped[str]  # "" when it is for a learner
    action: Mapped[str | None]  # None for a withdrawal
    reason: Mapped[str]
    decided_by: Mapped[str]
    at: Mapped[datetime]
    withdraws: Mapped[int | None] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), ForeignKey("overrides.id")
    )


class SqlOverrides:
    """See `trailbook.services.ports.overrides.Overrides`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, entry: OverrideEntry) -> OverrideEntry:
        """Add an entry and return it with its id."""
        values = {
            "course": entry.course,
            "module": entry.lesson.module,
            "lesson": entry.lesson.name,
            "learner": entry.learner,
            "group_name": entry.group,
            "action": entry.action.value if entry.action else None,
            "reason": entry.reason,
            "decided_by": entry.by,
            "at": entry.at,
            "withdraws": entry.withdraws,
        }
        return replace(entry, id=self._session.scalars(insert(OverrideRow).returning(OverrideRow.id), [values]).one())

    def of_course(self, course: str) -> Sequence[OverrideEntry]:
        """Return every entry of a course, oldest first."""
        return self._entries(select(OverrideRow).where(OverrideRow.course == course))

    def of_learner(self, course: str, learner: str, groups: Collection[str] = ()) -> Sequence[OverrideEntry]:
        """Return the entries for a learner and for any of these groups, oldest first."""
        row = OverrideRow
        theirs = and_(row.learner == "", row.group_name.in_(sorted(groups)))
        return self._entries(select(row).where(row.course == course, or_(row.learner == learner, theirs)))

    def _entries(self, query: Select[OverrideRow]) -> list[OverrideEntry]:
        return [_entry(row) for row in self._session.scalars(query.order_by(OverrideRow.id))]


def _entry(row: OverrideRow) -> OverrideEntry:
    return OverrideEntry(
        course=row.course,
        lesson=LessonKey(row.module, row.lesson),
        learner=row.learner,
        group=row.group_name,
        action=Action(row.action) if row.action is not None else None,
        reason=row.reason,
        by=row.decided_by,
        at=row.at,
        withdraws=row.withdraws,
        id=row.id,
    )
