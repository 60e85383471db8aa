"""What was measured beside what must be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    goal
        In words.
    """

    name: str
    measured: float
    goal: str
    is_reached: bool

    @classmethod
    def most(cls, name: str, measured: float, goal: float) -> Row:
        """Return the line of what may be so much at most."""
        return cls(name, measured, f"≤ {goal:,g}" if goal else "0", measured <= goal)

    @classmethod
    def least(cls, name: str, measured: float, goal: float) -> Row:
        """Return the line of what must be so much at least."""
        return cls(name, measured, f"≥ {goal:,g}", measured >= goal)


def table_of(rows: Sequence[Row]) -> str:
    """Return the lines as a Markdown table."""
    shown = [(row.name, f"{row.measured:,.0f}", row.goal, "yes" if row.is_reached else "NO") for row in rows]
    lines = [("what", "measured", "goal", "reached"), ("---", "---:", "---:", "---"), *shown]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
