"""What staff decide for persons and groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from trailbook.adapters.storage.migrations.append_only import make_append_only

revision = "0004"
down_revision = "0003"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "overrides"


def upgrade() -> None:
    """Add the log, and the triggers that keep it as it was written."""
    op.create_table(
        TABLE,
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdraws", BIG_ID, sa.ForeignKey("overrides.id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_overrides_of_course", TABLE, ["course", "learner", "id"])
    make_append_only(TABLE)
