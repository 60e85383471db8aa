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
        ``ok`` (ran to its end, well or with an error), ``timeout`` (stopped, and the notebook went on) or ``not_run``
        (the notebook ended in it).
    failed
        The kernel said that the cell ended with an error, whatever it shows.
    """

    index: int
    status: str
    failed: bool
    outputs: Sequence[Mapping[str, Any]]
    execution_count: int | None = None

    @property
    def error(self) -> Mapping[str, Any] | None:
        """The error the cell shows, or None."""
        return next((output for output in self.outputs if output.get("output_type") == "error"), None)
