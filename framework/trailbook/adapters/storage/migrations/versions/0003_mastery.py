"""What decisions were made from: alternatives, probabilities and the draw."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change nothing yet."""
