"""Use case: how well does a learner model predict the next answers of learners it has never seen?"""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from time import perf_counter, perf_counter_ns

from trailbook.domain.errors import Invalid
from trailbook.domain.evaluation.interval import auc_interval
from trailbook.domain.evaluation.tally import Tally
from trailbook.domain.mastery.models import learn
from trailbook.domain.mastery.protocol import Answer

HELD_OUT = 0.2
LEAST_LEARNERS = 2
REPEATS = 200  # of the bootstrap
EVERY = 100_000  # answers between two reports of progress

AnswersOf = Callable[[Callable[[str], bool]], Iterable[Answer]]
"""Gives the answers of the learners a test lets through, in the log's order; each call reads the log anew."""


@dataclass(frozen=True)
class Measured:
    """What one model reached on the learners held out.

    Attributes
    ----------
    auc
        In [0, 1]; None where the held-out answers are all right or all wrong, as are its bounds.
    auc_low, auc_high
        95 % interval by bootstrap over learners.
    log_loss
        In nats an answer.
    calibration_error
        Expected calibration error, in [0, 1].
    fit_seconds
        To learn from the other learners' answers, reading them included.
    microseconds_median, microseconds_p99
        To predict an answer and learn from it.
    answers, learners
        Held out.
    """

    auc: float | None
    auc_low: float | None
    auc_high: float | None
    log_loss: float | None
    calibration_error: float | None
    fit_seconds: float
    microseconds_median: float
    microseconds_p99: float
    answers: int
    learners: int


def split(learners: Iterable[str], *, seed: int) -> frozenset[str]:
    """Return the fifth of the learners to hold out, at least one; the same names and seed give the same.

    Raises
    ------
    Invalid
        There are fewer than two learners.
    """
    names = sorted(set(learners))
    if len(names) < LEAST_LEARNERS:
        raise Invalid(
            "too_few_learners",
            f"The log has {len(names)} learner{'' if len(names) == 1 else 's'}; at least two are needed: "
            "some to learn from, others to predict.",
        )
    Random(seed).shuffle(names)  # noqa: S311  # a split, no secret
    return frozenset(names[: max(1, round(HELD_OUT * len(names)))])


def evaluate(
    name: str, answers_of: AnswersOf, held_out: frozenset[str], *, report: Callable[[int], None] = lambda _: None
) -> Measured:
    """Teach a model the answers of all but the learners held out; then predict theirs, one after the other.

    Parameters
    ----------
    name
        One of `models.MODELS`.
    report
        Called now and then with how many answers were read so far.
    """
    began = perf_counter()
    model = learn(name, lambda: counted(answers_of(lambda learner: learner not in held_out), report))
    fit_seconds = perf_counter() - began
    tally = Tally()
    times = Times()
    gc.collect()
    gc.freeze()  # what was learned stays: the collector need not walk it while we measure
    try:
        for answer in counted(answers_of(held_out.__contains__), report):
            start = perf_counter_ns()
            predicted = model.update(answer)
            times.add(perf_counter_ns() - start)
            tally.add(answer.learner, predicted, answer.share)
    finally:
        gc.unfreeze()
    if not tally.answers:
        raise Invalid("nobody_held_out", "None of the learners held out has an answer in the log. Name others.")
    low, high = auc_interval(tally, draws(len(tally.learners))) or (None, None)
    return Measured(
        auc=tally.auc,
        auc_low=low,
        auc_high=high,
        log_loss=tally.log_loss,
        calibration_error=tally.calibration_error,
        fit_seconds=fit_seconds,
        microseconds_median=times.quantile(0.5),
        microseconds_p99=times.quantile(0.99),
        answers=tally.answers,
        learners=len(tally.learners),
    )


def draws(count: int, *, seed: int = 0) -> Iterator[list[int]]:
    """Yield 200 draws with repetition of ``count`` places; the same seed gives the same."""
    draw = Random(seed)  # noqa: S311  # a statistic, no secret
    for _ in range(REPEATS):
        yield draw.choices(range(count), k=count)


class Times:
    """Durations counted in steps of 0.1 µs up to 1 ms; longer ones count as 1 ms."""

    def __init__(self) -> None:
        self.counts = array("Q", bytes(8 * 10_000))

    def add(self, nanoseconds: int) -> None:
        """Count one duration."""
        self.counts[min(nanoseconds // 100, 9_999)] += 1

    def quantile(self, share: float) -> float:
        """Return the duration in µs that ``share`` of all do not exceed; 0 without any."""
        left = share * sum(self.counts)
        for step, count in enumerate(self.counts):
            left -= count
            if left <= 0:
                return step / 10 if count else 0.0
        return 0.0


def counted(answers: Iterable[Answer], report: Callable[[int], None]) -> Iterator[Answer]:
    """Yield the answers and report now and then how many more were read."""
    for number, answer in enumerate(answers, 1):
        if number % EVERY == 0:
            report(EVERY)
        yield answer
