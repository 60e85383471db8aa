"""Receipts, contracts of releases, the history of results, and content by its hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "grading_results"


def upgrade() -> None:
    """Add the columns and tables; what was received before has no receipt and a history that begins now."""
    op.add_column("lesson_versions", sa.Column("contract", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("attempts", sa.Column("sha256", sa.String(64), nullable=False, server_default=sa.text("''")))
    op.add_column("attempts", sa.Column("signature", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        TABLE,
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("attempt", sa.Text(), sa.ForeignKey("attempts.id"), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_grading_results_of_attempt", TABLE, ["attempt", "id"])
    op.create_index("ix_attempts_received", "attempts", ["learner", "created_at"])
    _make_append_only()


def _make_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{action.lower()} BEFORE {action} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {TABLE}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{TABLE} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_append_only()"
    )
