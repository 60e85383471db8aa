"""Fitted parameters of learner models, by version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from trailbook.adapters.storage.migrations.append_only import make_append_only

revision = "0006"
down_revision = "0005"

TABLE = "model_versions"


def upgrade() -> None:
    """Add the table; every course goes on with the model as it ships."""
    op.create_table(
        TABLE,
        sa.Column("course", sa.Text(), sa.ForeignKey("courses.name"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("fitted", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    make_append_only(TABLE)
