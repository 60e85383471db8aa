"""One thing wrong with a course, told to its author."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from trailbook.domain.errors import ProblemsFound


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a course, for its author: where, what, and what to do.

    Attributes
    ----------
    file
        Path in the course folder, with ``/``.
    line
        Line of that file, from 1.
    cell
        ``grade_id`` of the cell, or its place in the notebook (``"3"``, from 1) where it has none.
    warning
        It can be released as it is, and may still be a mistake.
    """

    code: str
    message: str
    file: str = ""
    line: int | None = None
    cell: str = ""
    warning: bool = False

    def as_plain(self) -> dict[str, Any]:
        """Return the problem as plain JSON values."""
        return asdict(self)


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that stand in the way of a release."""
    return [problem for problem in problems if not problem.warning]


def refuse_problems(problems: Iterable[Problem], what: str) -> None:
    """Raise `ProblemsFound` when any of the problems is more than a warning.

    Parameters
    ----------
    what
        Beginning of the message: ``"The course was not released"``.
    """
    found = list(problems)
    errors = errors_of(found)
    if errors:
        noun = "problem" if len(errors) == 1 else "problems"
        raise ProblemsFound(
            "problems_found",
            f"{what}: {len(errors)} {noun} to mend first.",
            problems=[problem.as_plain() for problem in found],
        )
