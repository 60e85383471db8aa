"""What was proposed to learners next: alternatives, probabilities and the draw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from trailbook.adapters.storage.migrations.append_only import make_append_only

revision = "0003"
down_revision = "0002"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "choices"


def upgrade() -> None:
    """Add the log of choices; what was proposed before was the first lesson in order, and is not in it."""
    op.create_table(
        TABLE,
        sa.Column("id", BIG_ID, primary_key=True),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_choices_of_learner", TABLE, ["learner", "course", "id"])
    make_append_only(TABLE)
