"""Makes what grades: the one place that says which grader that is."""

from __future__ import annotations

from trailbook.adapters.sandbox import SandboxGrader
from trailbook.domain.course import GradingLimits


def make_grader(limits: GradingLimits, *, insecure: bool) -> SandboxGrader:
    """Return a grader that is warm: it was seen to work, and the first grading is as fast as the others.

    Parameters
    ----------
    limits
        What the first gradings will likely be allowed.

    Raises
    ------
    Unavailable
        ``no_sandbox``: learner code cannot be run safely here.
    """
    grader = SandboxGrader(insecure=insecure)
    grader.warm_up(limits)
    return grader
