"""How the cells of a notebook ran: values read from what a sandbox sent, untrusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CellRun:
    """How one code cell ran.

    Attributes
    ----------
    status
        ``ok`` (ran to its end, well or with an error), ``timeout`` (stopped, and the notebook went on), ``not_run``
        (the notebook ended in it) or ``refused`` (it was not begun; its error says why, in our own words).
    failed
        The kernel said that the cell ended with an error, whatever it shows.
    apart
        The cell ran in a process without learner code: ``value`` and ``line`` hold, whatever the outputs show.
    value
        The number the cell's last expression gave, None for none.
    line
        Line of the cell, from 1, in which its error arose, where known.
    answer_line
        Line of the answer, from 1, in which the learner's code stopped when the cell called it, where known.
    from_learner
        The error came out of the learner's code, which the cell called.
    """

    index: int
    status: str
    failed: bool
    outputs: Sequence[Mapping[str, Any]]
    execution_count: int | None = None
    apart: bool = False
    value: float | None = None
    line: int | None = None
    answer_line: int | None = None
    from_learner: bool = False

    @property
    def error(self) -> Mapping[str, Any] | None:
        """The error the cell shows, or None."""
        return next((output for output in self.outputs if output.get("output_type") == "error"), None)
