"""The lines of the table: what was measured, and what it must reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line.

    Attributes
    ----------
    at_least, at_most
        The goal; a line with neither is there to compare with.
    note
        How it was measured.
    """

    name: str
    measured: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def held(self) -> bool:
        """Whether the goal is reached."""
        return (self.at_least is None or self.measured >= self.at_least) and (
            self.at_most is None or self.measured <= self.at_most
        )

    @property
    def goal(self) -> str:
        """The goal in words, empty where there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    def as_json(self) -> dict[str, Any]:
        """Return the line as plain values."""
        return {**asdict(self), "held": self.held}


def as_table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a table for a terminal."""
    yield f"{'':6}  {'measured':>10} {'':14}{'goal':>9}  what"
    for row in rows:
        mark = "" if not row.goal else "held" if row.held else "MISSED"
        note = f"  ({row.note})" if row.note else ""
        yield f"{mark:6}  {row.measured:>10.3f} {row.unit:14}{row.goal:>9}  {row.name}{note}"
