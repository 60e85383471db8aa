"""The log of what staff decided, in a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Row, and_, bindparam, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from trailbook.adapters.storage.tables import Base, BigId, table_of
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


OVERRIDES = table_of(OverrideRow)
OF_COURSE = select(OVERRIDES).where(OVERRIDES.c.course == bindparam("course")).order_by(OVERRIDES.c.id)
OF_LEARNER = OF_COURSE.where(
    or_(
        OVERRIDES.c.learner == bindparam("learner"),
        and_(OVERRIDES.c.learner == "", OVERRIDES.c.group_name.in_(bindparam("groups", expanding=True))),
    )
)
ANY_OF_COURSE = select(OVERRIDES.c.id).where(OVERRIDES.c.course == bindparam("course")).limit(1)


class SqlOverrides:
    """See `trailbook.services.ports.overrides.Overrides`. In most courses staff decided nothing: that is asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._untouched: dict[str, bool] = {}

    def append(self, entry: OverrideEntry) -> OverrideEntry:
        """Add an entry and return it with its id."""
        self._untouched.clear()
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
        return [_entry(row) for row in self._session.execute(OF_COURSE, {"course": course})]

    def of_learner(self, course: str, learner: str, groups: Collection[str] = ()) -> Sequence[OverrideEntry]:
        """Return the entries for a learner and for any of these groups, oldest first."""
        if course not in self._untouched:
            self._untouched[course] = self._session.execute(ANY_OF_COURSE, {"course": course}).first() is None
        if self._untouched[course]:
            return []
        place = {"course": course, "learner": learner, "groups": sorted(groups)}
        return [_entry(row) for row in self._session.execute(OF_LEARNER, place)]


def _entry(row: Row[tuple[object, ...]]) -> OverrideEntry:
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
