"""Receipts, contracts of releases, the history of results, and content by its hash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from trailbook.adapters.storage.migrations.append_only import make_append_only

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
    make_append_only(TABLE)
