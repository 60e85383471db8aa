"""Placement, test-out, practice and what learners prefer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "sittings",
        sa.Column("number", BIG_ID, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("module", sa.Text()),
        sa.Column("lesson", sa.Text()),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("known", sa.Text(), nullable=False),
    )
    op.create_index("ix_sittings_of_learner", "sittings", ["learner", "course", "number"])
    op.create_table(
        "preferences",
        sa.Column("learner", sa.Text(), primary_key=True),
        sa.Column("course", sa.Text(), primary_key=True),
        sa.Column("preferences", sa.Text(), nullable=False),
    )
