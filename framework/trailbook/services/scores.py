"""What a gradebook says of one submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scores:
    """What the gradebook says of one submission, a person's scores and comments included.

    Attributes
    ----------
    points
        By ``grade_id``; None where a person has still to look.
    comments
        By ``grade_id``.
    penalty
        Points taken for handing in late.
    """

    points: Mapping[str, float | None] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0
