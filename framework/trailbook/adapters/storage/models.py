"""Fitted learner models in a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from trailbook.adapters.storage.plain import from_text, to_text
from trailbook.adapters.storage.tables import Base
from trailbook.domain.mastery.fitted import Fitted
from trailbook.services.ports.models import ModelVersion


class ModelVersionRow(Base):
    """One change of a course's learner model; triggers refuse to change or delete it."""

    __tablename__ = "model_versions"

    course: Mapped[str] = mapped_column(ForeignKey("courses.name"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, … for each course
    fitted: Mapped[str]  # a Fitted
    before: Mapped[int | None]  # the version an undo goes back to; 0 as it ships
    because: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class SqlModelVersions:
    """See `trailbook.services.ports.models.ModelVersions`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, version: ModelVersion) -> None:
        """Add a version."""
        self._session.execute(
            insert(ModelVersionRow).values(
                course=version.course,
                number=version.number,
                fitted=to_text(version.fitted),
                before=version.before,
                because=version.because,
                by=version.by,
                at=version.at,
            )
        )

    def latest(self, course: str) -> ModelVersion | None:
        """Return the version in use, if there is one."""
        query = select(ModelVersionRow).where(ModelVersionRow.course == course)
        row = self._session.scalar(query.order_by(ModelVersionRow.number.desc()).limit(1))
        return _version(row) if row else None

    def all(self, course: str) -> Sequence[ModelVersion]:
        """Return every version of a course, oldest first."""
        query = select(ModelVersionRow).where(ModelVersionRow.course == course).order_by(ModelVersionRow.number)
        return [_version(row) for row in self._session.scalars(query)]


def _version(row: ModelVersionRow) -> ModelVersion:
    return ModelVersion(row.course, row.number, from_text(Fitted, row.fitted), row.before, row.because, row.by, row.at)
