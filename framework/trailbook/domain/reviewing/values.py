"""The words of reviewing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DueReview:
    """A skill the learner held that is to be practised again.

    Attributes
    ----------
    recall
        Predicted probability that it is still there, in [0, 1].
    last_at, due_at
        When it was last practised and since when it is due, in seconds of one clock.
    because
        A sentence for the learner.
    """

    skill: str
    title: str
    recall: float
    last_at: float
    due_at: float
    because: str
