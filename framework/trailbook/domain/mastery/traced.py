"""The default model with what each of its predictions was made of, for fitting its shared weights."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from trailbook.domain.mastery.counts import MODERATION, CountsModel, Sight
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.mastery.weights import Weights


@dataclass(frozen=True, slots=True)
class Trace:
    """One prediction and what came of it.

    Attributes
    ----------
    log_odds
        Of a right answer, drawn towards 0 by what was not known.
    counts
        What each shared weight was multiplied with, drawn in the same way; in the order of `Weights.shared`.
    share
        Share of the points that came of it, in [0, 1].
    """

    log_odds: float
    counts: tuple[float, ...]
    share: float


class TracedCounts(CountsModel):
    """Learns as `CountsModel` does; ``last`` is the trace of the answer learned last."""

    def __init__(self, weights: Weights) -> None:
        super().__init__(weights)
        self.last: Trace | None = None

    def _learn(self, sight: Sight, answer: Answer) -> None:
        drawn = 1.0 / sqrt(1.0 + MODERATION * sight.unknown)
        counts = tuple(count * drawn for count in sight.counts)
        self.last = Trace(sight.total * drawn, counts, answer.share)
        super()._learn(sight, answer)
