"""The first schema: courses, releases, attempts, progress, and the append-only events and decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table, and the triggers that keep the log as it was written."""
    _make_lessons()
    _make_attempts()
    _make_progress()
    _make_log()
    for table in ("events", "decisions"):
        _make_append_only(table)


def _make_lessons() -> None:
    op.create_table("courses", _text("name", primary_key=True), _text("manifest"))
    op.create_table(
        "lesson_versions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("course", sa.Text(), sa.ForeignKey("courses.name"), nullable=False),
        _text("module"),
        _text("lesson"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        _text("source"),
        _text("released"),
        _text("exercises"),
        sa.Column("released_at", TIME, nullable=False),
        _text("released_by"),
        sa.UniqueConstraint("course", "module", "lesson", "number"),
    )
    op.create_table(
        "lesson_files",
        sa.Column("version_id", sa.Integer(), sa.ForeignKey("lesson_versions.id"), primary_key=True),
        _text("path", primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def _make_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("number", BIG_ID, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        _text("kind"),
        _text("key"),
        _text("course"),
        _text("module"),
        _text("lesson"),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("learner"),
        sa.Column("exercise", sa.Text()),
        _text("answers"),
        sa.Column("created_at", TIME, nullable=False),
        _text("status"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", TIME),
        sa.Column("result", sa.Text()),
        sa.Column("autograded", sa.Text()),
        sa.Column("graded_at", TIME),
        sa.Column("recorded_at", TIME),
        sa.UniqueConstraint("learner", "key"),
        sa.ForeignKeyConstraint(
            ["course", "module", "lesson", "version"],
            ["lesson_versions.course", "lesson_versions.module", "lesson_versions.lesson", "lesson_versions.number"],
        ),
    )
    op.create_index("ix_attempts_waiting", "attempts", ["status", "number"])
    op.create_index("ix_attempts_unrecorded", "attempts", ["recorded_at", "status"])
    op.create_index("ix_attempts_of_learner", "attempts", ["learner", "course", "module", "lesson"])


def _make_progress() -> None:
    place = ("course", "learner", "module", "lesson")
    op.create_table(
        "lesson_progress",
        *(_text(name, primary_key=True) for name in place),
        sa.Column("started", sa.Boolean(), nullable=False),
        sa.Column("handed_in", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "exercise_progress",
        *(_text(name, primary_key=True) for name in (*place, "exercise")),
        _text("state"),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("max_score", sa.Double(), nullable=False),
        _text("detail"),
    )


def _make_log() -> None:
    op.create_table(
        "events",
        sa.Column("id", BIG_ID, primary_key=True),
        _text("kind"),
        sa.Column("at", TIME, nullable=False),
        _text("course"),
        _text("learner"),
        sa.Column("module", sa.Text()),
        sa.Column("lesson", sa.Text()),
        sa.Column("exercise", sa.Text()),
        _text("actor"),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        _text("data"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_of_learner", "events", ["learner", "id"])
    op.create_table(
        "decisions",
        sa.Column("id", BIG_ID, primary_key=True),
        _text("course"),
        _text("learner"),
        _text("module"),
        _text("lesson"),
        _text("status"),
        _text("because"),
        sa.Column("at", TIME, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_of_learner", "decisions", ["learner", "course", "id"])


def _make_append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), primary_key=primary_key, nullable=False)
