"""Predictions counted by size, from which every figure of merit follows."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from math import log

FINE = 1 << 16  # steps of probability in which the ranking is counted; within one, predictions are ties
COARSE = 1 << 10  # the same, for each learner on their own
CALIBRATION_BINS = 20
LEAST = 1e-12


class Tally:
    """Predictions and what came of them. Memory: 1 MB, and up to 1,024 numbers for each learner.

    A share of points between 0 and 1 counts as that much of a right answer and the rest of a wrong one, so that every
    figure is the usual one where answers are right or wrong.
    """

    def __init__(self) -> None:
        self.right = array("d", bytes(8 * FINE))
        self.wrong = array("d", bytes(8 * FINE))
        self.learners: dict[str, dict[int, list[float]]] = {}
        self.answers = 0
        self._log_loss = 0.0
        self._calibration = [[0.0, 0.0] for _ in range(CALIBRATION_BINS)]  # sums of predictions and of shares

    def add(self, learner: str, predicted: float, share: float) -> None:
        """Count one prediction, a probability in [0, 1], and the share of points that came of it."""
        fine = min(int(predicted * FINE), FINE - 1)
        self.right[fine] += share
        self.wrong[fine] += 1.0 - share
        mine = self.learners.setdefault(learner, {}).setdefault(min(int(predicted * COARSE), COARSE - 1), [0.0, 0.0])
        mine[0] += share
        mine[1] += 1.0 - share
        bin_ = self._calibration[min(int(predicted * CALIBRATION_BINS), CALIBRATION_BINS - 1)]
        bin_[0] += predicted
        bin_[1] += share
        if share > 0.0:
            self._log_loss -= share * log(max(predicted, LEAST))
        if share < 1.0:
            self._log_loss -= (1.0 - share) * log(max(1.0 - predicted, LEAST))
        self.answers += 1

    @property
    def auc(self) -> float | None:
        """Probability that a right answer was ranked above a wrong one; None where there are not both."""
        return area(self.right, self.wrong)

    @property
    def log_loss(self) -> float | None:
        """Mean negative log-likelihood, in nats; None without answers."""
        return self._log_loss / self.answers if self.answers else None

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error over 20 equal steps of probability (Guo et al. 2017); None without answers."""
        if not self.answers:
            return None
        return sum(abs(predicted - share) for predicted, share in self._calibration) / self.answers


def area(right: Sequence[float], wrong: Sequence[float]) -> float | None:
    """Return the area under the ROC curve from weights by rising prediction; ties count half.

    >>> area([0, 1], [1, 0]), area([1, 1], [1, 1]), area([1], [0])
    (1.0, 0.5, None)
    """
    below = won = 0.0
    for gains, losses in zip(right, wrong, strict=True):
        won += gains * (below + losses / 2)
        below += losses
    pairs = below * sum(right)
    return won / pairs if pairs > 0 else None


def resampled(learners: Sequence[Mapping[int, Sequence[float]]], draw: Iterable[int]) -> float | None:
    """Return the area for learners drawn with repetition, by their places in the sequence."""
    right, wrong = [0.0] * COARSE, [0.0] * COARSE
    times: dict[int, int] = {}
    for place in draw:
        times[place] = times.get(place, 0) + 1
    for place, count in times.items():
        for step, (gains, losses) in learners[place].items():
            right[step] += count * gains
            wrong[step] += count * losses
    return area(right, wrong)
