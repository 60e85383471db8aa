"""Makes what grades: the one place that says which grader that is."""

from __future__ import annotations

from collections.abc import Iterable

from trailbook.adapters.sandbox import SandboxGrader
from trailbook.adapters.sandbox.grader import imports_of
from trailbook.adapters.sandbox.isolation import Tier
from trailbook.config import Settings
from trailbook.domain.course import GradingLimits
from trailbook.services.ports import Notebook


def make_grader(limits: GradingLimits, settings: Settings, *, notebooks: Iterable[Notebook] = ()) -> SandboxGrader:
    """Return a grader that is warm: it was seen to work, and the first grading is as fast as the others.

    Parameters
    ----------
    limits
        What the first gradings will likely be allowed.
    settings
        Say whether there is a sandbox, and which.
    notebooks
        Lessons that will be graded: what they import is loaded ahead.

    Raises
    ------
    Unavailable
        ``no_sandbox``: learner code cannot be run safely here.
    """
    grader = SandboxGrader(insecure=settings.insecure, tier=wanted_tier(settings))
    grader.warm_up(limits, imports_of(notebooks))
    return grader


def wanted_tier(settings: Settings) -> Tier | None:
    """Return the tier the settings name, None where any that holds will do."""
    return None if settings.sandbox_tier == "auto" else Tier(settings.sandbox_tier)
