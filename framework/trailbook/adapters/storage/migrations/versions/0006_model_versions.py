"""Fitted parameters of learner models, by version."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Change nothing yet."""
