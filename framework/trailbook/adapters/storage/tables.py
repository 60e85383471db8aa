"""The tables. A change here needs a migration beside it; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone; SQLite keeps no zone, so all are in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A time for the database must be aware.")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        if value is None:
            return None
        aware: datetime = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC)


BigId = Annotated[int, mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)]
"""A number the database gives, growing with each row."""


class Base(DeclarativeBase):
    """Every table."""

    type_annotation_map = {str: Text, float: Double, datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy reads it from the class


def table_of(row: type[Base]) -> Table:
    """Return a row's table, for statements that need no objects."""
    table = row.__table__
    assert isinstance(table, Table)  # noqa: S101 - none of ours is a join
    return table


class CourseRow(Base):
    """A course as last released or adopted."""

    __tablename__ = "courses"

    name: Mapped[str] = mapped_column(primary_key=True)
    manifest: Mapped[str]  # a Course


class VersionRow(Base):
    """One release of one lesson; rows are only added."""

    __tablename__ = "lesson_versions"
    __table_args__ = (UniqueConstraint("course", "module", "lesson", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course: Mapped[str] = mapped_column(ForeignKey("courses.name"))
    module: Mapped[str]
    lesson: Mapped[str]
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    source: Mapped[str]  # a notebook, with solutions and hidden tests
    released: Mapped[str]  # a notebook
    exercises: Mapped[str]  # of Exercise
    released_at: Mapped[datetime]
    released_by: Mapped[str]
    contract: Mapped[str] = mapped_column(server_default="{}")  # what `Grader.record` found; a JSON object


class FileRow(Base):
    """A file beside a released lesson."""

    __tablename__ = "lesson_files"

    version_id: Mapped[int] = mapped_column(ForeignKey("lesson_versions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)  # relative to the notebook's folder
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AttemptRow(Base):
    """An attempt or a submission, which is its own grading job."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("learner", "key"),
        ForeignKeyConstraint(
            ["course", "module", "lesson", "version"],
            ["lesson_versions.course", "lesson_versions.module", "lesson_versions.lesson", "lesson_versions.number"],
        ),
        Index("ix_attempts_waiting", "status", "number"),
        Index("ix_attempts_unrecorded", "recorded_at", "status"),
        Index("ix_attempts_of_learner", "learner", "course", "module", "lesson"),
        Index("ix_attempts_received", "learner", "created_at"),
    )

    number: Mapped[BigId]  # order of receipt
    id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    key: Mapped[str]
    course: Mapped[str]
    module: Mapped[str]
    lesson: Mapped[str]
    version: Mapped[int]
    learner: Mapped[str]
    exercise: Mapped[str | None]
    answers: Mapped[str]  # cell sources by grade_id
    created_at: Mapped[datetime]
    status: Mapped[str]
    tries: Mapped[int]
    lease_until: Mapped[datetime | None]
    result: Mapped[str | None]  # a GradingResult, but for its notebook
    autograded: Mapped[str | None] = mapped_column(deferred=True)  # that notebook: large, and rarely wanted
    graded_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]  # when the gradebook had it
    sha256: Mapped[str] = mapped_column(String(64), server_default=text("''"))  # of what was received
    signature: Mapped[str] = mapped_column(server_default=text("''"))  # of the receipt


class ResultRow(Base):
    """How one try of a job ended; triggers refuse to change or delete it."""

    __tablename__ = "grading_results"
    __table_args__ = (Index("ix_grading_results_of_attempt", "attempt", "id"), {"sqlite_autoincrement": True})

    id: Mapped[BigId]
    attempt: Mapped[str] = mapped_column(ForeignKey("attempts.id"))
    tries: Mapped[int]  # which try it was
    result: Mapped[str]  # a GradingResult, but for its notebook
    at: Mapped[datetime]


class BlobRow(Base):
    """Content that travels by its hash."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class LessonProgressRow(Base):
    """That a learner opened a lesson, and handed it in."""

    __tablename__ = "lesson_progress"

    course: Mapped[str] = mapped_column(primary_key=True)
    learner: Mapped[str] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(primary_key=True)
    lesson: Mapped[str] = mapped_column(primary_key=True)
    started: Mapped[bool] = mapped_column(default=False)
    handed_in: Mapped[bool] = mapped_column(default=False)


class ExerciseProgressRow(Base):
    """A learner's standing on an exercise."""

    __tablename__ = "exercise_progress"

    course: Mapped[str] = mapped_column(primary_key=True)
    learner: Mapped[str] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(primary_key=True)
    lesson: Mapped[str] = mapped_column(primary_key=True)
    exercise: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    score: Mapped[float]
    max_score: Mapped[float]
    detail: Mapped[str]  # the whole ExerciseProgress


class EventRow(Base):
    """A fact; triggers refuse to change or delete it."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_of_learner", "learner", "id"), {"sqlite_autoincrement": True})

    id: Mapped[BigId]
    kind: Mapped[str]
    at: Mapped[datetime]
    course: Mapped[str]
    learner: Mapped[str]  # "" when it concerns no one learner
    module: Mapped[str | None]
    lesson: Mapped[str | None]
    exercise: Mapped[str | None]
    actor: Mapped[str]
    trusted: Mapped[bool]
    data: Mapped[str]


class DecisionRow(Base):
    """An unlock decision; triggers refuse to change or delete it."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_of_learner", "learner", "course", "id"), {"sqlite_autoincrement": True})

    id: Mapped[BigId]
    course: Mapped[str]
    learner: Mapped[str]
    module: Mapped[str]
    lesson: Mapped[str]
    status: Mapped[str]
    because: Mapped[str]
    at: Mapped[datetime]
