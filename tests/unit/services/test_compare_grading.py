"""Tests of what a difference to nbgrader's points is put down to."""

from __future__ import annotations

import pytest

from trailbook.domain.verdicts import NO_POINTS
from trailbook.services.compare_grading import Difference, TheirCell, TheirSubmission, Why, differences
from trailbook.services.graded_cells import GradedCell

REPAIRED = ("The cell t was changed; the original was used.",)
LATE = ("timestamp.txt has no time in it; the time the file came here counts.",)


def ours(score: float | None, *, reason: str = "", message: str = "", repaired: tuple[str, ...] = ()) -> GradedCell:
    """Return a line of ours."""
    return GradedCell("a/b", "m", "l", "t", score, 2.0, "graded", reason, message, repaired=repaired)


def theirs(score: float | None, *, warned: bool = False, failed: str = "", released: bool = True) -> TheirSubmission:
    """Return what nbgrader made of it."""
    return TheirSubmission(failed, released, {("l", "t"): TheirCell(score, warned)})


def found(our: GradedCell, their: TheirSubmission) -> list[Difference]:
    """Return the differences; nbgrader knows learners by their student id."""
    return list(differences([our], {("m", "a%2Fb"): their}))


@pytest.mark.parametrize("score", [None, 0.0, 0.3])
def test_the_same_points_are_no_difference(score: float | None) -> None:
    assert found(ours(score), theirs(None if score is None else score + 1e-12)) == []


@pytest.mark.parametrize(
    ("our", "their", "why"),
    [
        (ours(2.0), theirs(0.0, warned=True), Why.STDERR),
        (ours(2.0), theirs(1.0, warned=True), Why.UNEXPLAINED),  # text on standard error takes all points
        (ours(2.0, repaired=REPAIRED), theirs(0.0), Why.REPAIRED),
        (ours(2.0, repaired=LATE), theirs(0.0), Why.UNEXPLAINED),
        (ours(0.0, reason="exit"), theirs(None, failed="Kernel died"), Why.NO_VERDICT),
        (ours(2.0), theirs(None, failed="partial credit cannot be greater"), Why.NO_VERDICT),
        (ours(2.0), theirs(0.0, failed="Kernel died"), Why.UNEXPLAINED),  # it was graded before nbgrader stopped
        (ours(0.0, reason="memory"), theirs(2.0), Why.LIMIT),
        (ours(0.0, message=NO_POINTS), theirs(2.0), Why.NO_POINTS),
        (ours(0.0, reason="protocol"), theirs(2.0), Why.UNEXPLAINED),
        (ours(0.0), theirs(2.0), Why.UNEXPLAINED),
        (ours(None), theirs(None, failed="no such thing", released=False), Why.UNEXPLAINED),
    ],
)
def test_a_difference_has_a_reason_or_none(our: GradedCell, their: TheirSubmission, why: Why) -> None:
    (difference,) = found(our, their)

    assert difference.reason is why


def test_a_submission_nbgrader_says_nothing_of_has_no_points_there() -> None:
    (difference,) = differences([ours(2.0)], {})

    assert (difference.nbgrader_score, difference.reason) == (None, Why.UNEXPLAINED)


def test_a_reason_tells_what_nbgrader_said() -> None:
    (difference,) = found(ours(2.0), theirs(None, failed="Kernel died"))

    assert difference.explanation == "nbgrader stopped at this submission and gave no points: Kernel died"
