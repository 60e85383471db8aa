"""What to do next, and why: a lesson, a lesson that repairs a gap, or a review.

`in_order` is the rule of courses that open lessons by points; `recommend` the one for courses with a learner model.
"""

from trailbook.domain.formats import Format
from trailbook.domain.recommending.in_order import is_finished, next_step
from trailbook.domain.recommending.recommend import recommend
from trailbook.domain.recommending.values import (
    Alternative,
    Recommendation,
    Situation,
    StepKind,
    Wishes,
)

__all__ = [
    "Alternative",
    "Format",
    "Recommendation",
    "Situation",
    "StepKind",
    "Wishes",
    "is_finished",
    "next_step",
    "recommend",
]
