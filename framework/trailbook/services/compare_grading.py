"""Compares points with those of nbgrader's own autograde, and says of each difference why there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trailbook.domain.names import student_id_of
from trailbook.domain.verdicts import NO_POINTS
from trailbook.services.graded_cells import GradedCell

SAME = 1e-9  # points; sums of partial credit are not exact
STOPPED = frozenset({"timeout", "memory", "output", "processes"})
"""Reason codes of limits, which nbgrader has not, or has another of."""


class Why(StrEnum):
    """Why the points differ."""

    STDERR = "stderr"
    REPAIRED = "repaired"
    NO_VERDICT = "no_verdict"
    LIMIT = "limit"
    NO_POINTS = "no_points"
    UNEXPLAINED = "unexplained"


MEANING = {
    Why.STDERR: "the test passed and something wrote to standard error, for which nbgrader takes all points",
    Why.REPAIRED: "the submission was repaired before it was graded",
    Why.NO_VERDICT: "nbgrader stopped at this submission and gave no points",
    Why.LIMIT: "the code reached a limit of Trailbook's",
    Why.NO_POINTS: "the test returned no number of its points, which gives none here and all in nbgrader",
    Why.UNEXPLAINED: "there is no documented reason",
}


@dataclass(frozen=True)
class TheirCell:
    """What nbgrader made of a graded cell; ``warned`` says that it showed text on standard error and no error."""

    score: float | None
    warned: bool = False


@dataclass(frozen=True)
class TheirSubmission:
    """What nbgrader made of one learner's module.

    Attributes
    ----------
    failed
        What stopped nbgrader, "" where nothing did.
    is_released
        False where nbgrader could not even make the assignment, so that nothing can be compared.
    cells
        By lesson and ``grade_id``.
    """

    failed: str
    is_released: bool
    cells: Mapping[tuple[str, str], TheirCell]


@dataclass(frozen=True)
class Difference:
    """A graded cell that has other points in nbgrader; None for none given."""

    learner: str
    module: str
    lesson: str
    grade_id: str
    score: float | None
    nbgrader_score: float | None
    reason: Why
    explanation: str


def differences(cells: Sequence[GradedCell], theirs: Mapping[tuple[str, str], TheirSubmission]) -> Iterator[Difference]:
    """Yield the cells whose points differ, in the order given.

    Parameters
    ----------
    theirs
        By module and student id.
    """
    for cell in cells:
        their = theirs.get((cell.module, student_id_of(cell.learner)), TheirSubmission("", True, {}))
        their_cell = their.cells.get((cell.lesson, cell.grade_id))
        score = their_cell.score if their_cell is not None else None
        if not _is_same(cell.score, score) or not their.is_released:
            why = _why(cell, their, their_cell)
            more = f": {their.failed}" if their.failed and why in (Why.NO_VERDICT, Why.UNEXPLAINED) else ""
            more = f": {' '.join(_repairs(cell))}" if why is Why.REPAIRED else more
            explanation = f"{MEANING[why]}{more}"
            yield Difference(cell.learner, cell.module, cell.lesson, cell.grade_id, cell.score, score, why, explanation)


def _is_same(ours: float | None, theirs: float | None) -> bool:
    return ours == theirs if ours is None or theirs is None else abs(ours - theirs) < SAME


def _why(cell: GradedCell, their: TheirSubmission, their_cell: TheirCell | None) -> Why:
    if not their.is_released:
        return Why.UNEXPLAINED
    if their.failed and (their_cell is None or their_cell.score is None):
        return Why.NO_VERDICT
    if their_cell is not None and their_cell.warned and their_cell.score == 0:
        return Why.STDERR
    if _repairs(cell):
        return Why.REPAIRED
    if cell.message == NO_POINTS:
        return Why.NO_POINTS
    return Why.LIMIT if cell.reason in STOPPED else Why.UNEXPLAINED


def _repairs(cell: GradedCell) -> list[str]:
    """Return what was put right in the notebook's cells; its time and its kernel change no points."""
    return [sentence for sentence in cell.repaired if "cell" in sentence]
