"""Two models on the same answers: is one better, or was it these learners?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log

from trailbook.domain.evaluation.tally import LEAST, Tally


@dataclass(frozen=True)
class Gain:
    """What a rival model gains, in nats of log-loss an answer, with its 95 % interval; above 0 is better."""

    mean: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the rival is better for any such choice of learners."""
        return self.low > 0.0


@dataclass
class Paired:
    """Predictions of two models for the same answers."""

    running: Tally = field(default_factory=Tally)
    rival: Tally = field(default_factory=Tally)
    _learners: dict[str, list[float]] = field(default_factory=dict)  # nats gained, answers

    def add(self, learner: str, running: float, rival: float, share: float) -> None:
        """Count what both models predicted of one answer, as probabilities, and the share of points that came of it."""
        self.running.add(learner, running, share)
        self.rival.add(learner, rival, share)
        mine = self._learners.setdefault(learner, [0.0, 0.0])
        mine[0] += nats(running, share) - nats(rival, share)
        mine[1] += 1.0

    def gain(self, draws: Iterable[Sequence[int]]) -> Gain | None:
        """Return what the rival gains, None without answers.

        Parameters
        ----------
        draws
            Each as many places, in [0, learners), as there are learners; a place stands for a learner in order of name.
        """
        learners = [self._learners[name] for name in sorted(self._learners)]
        if not learners:
            return None
        means = sorted(_mean([learners[place] for place in draw]) for draw in draws)
        if not means:
            return None
        low, high = means[int(0.025 * (len(means) - 1))], means[round(0.975 * (len(means) - 1))]
        return Gain(_mean(learners), low, high)


def nats(predicted: float, share: float) -> float:
    """Return the negative log-likelihood of a share of points, in nats.

    >>> round(nats(0.5, 1.0), 3), round(nats(0.9, 0.0), 3)
    (0.693, 2.303)
    """
    return -share * log(max(predicted, LEAST)) - (1.0 - share) * log(max(1.0 - predicted, LEAST))


def _mean(learners: Sequence[Sequence[float]]) -> float:
    return sum(gained for gained, _ in learners) / sum(answers for _, answers in learners)
