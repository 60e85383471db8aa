"""The shared weights of the default model, found on a log.

Each round replays the log with the weights so far and adds up, answer by answer, what a step of Newton's method needs;
so memory does not grow with the log, and what the model learns live is part of what is fitted. The weights are drawn
to those it ships with: a small log hardly moves them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

import numpy as np

from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.mastery.traced import Trace, TracedCounts
from trailbook.domain.mastery.weights import SHIPPED, Weights

ROUNDS = 3
SPREAD = 0.1  # standard deviation, in log-odds a unit, of a course's weights around those that ship
BLOCK = 8_192  # answers a matrix is made of
NAMES = ("practice_right", "practice_wrong", "repeat_right", "repeat_wrong", "form", "lapse")


def fit_weights(answers: Callable[[], Iterable[Answer]]) -> Weights:
    """Return the weights for a log; ``answers`` gives it from the beginning each time it is called."""
    found = SHIPPED
    for _ in range(ROUNDS):
        found = _improve(found, answers())
    return found


def _improve(weights: Weights, answers: Iterable[Answer]) -> Weights:
    """Return the weights after one step of Newton's method towards the most likely ones."""
    start, now = np.array(SHIPPED.shared()), np.array(weights.shared())
    precision = np.eye(len(NAMES)) / SPREAD**2
    slope, bend = -precision @ (now - start), precision.copy()
    model, log = TracedCounts(weights), iter(answers)
    while traces := [_traced(model, answer) for answer in islice(log, BLOCK)]:
        counts = np.array([trace.counts for trace in traces])
        expected = 1.0 / (1.0 + np.exp(-np.array([trace.log_odds for trace in traces])))
        slope += counts.T @ (np.array([trace.share for trace in traces]) - expected)
        bend += (counts * (expected * (1.0 - expected))[:, None]).T @ counts
    moved = now + np.linalg.solve(bend, slope)
    return replace(weights, **{name: float(value) for name, value in zip(NAMES, moved, strict=True)})


def _traced(model: TracedCounts, answer: Answer) -> Trace:
    model.update(answer)
    assert model.last is not None  # noqa: S101  # the update above left it
    return model.last
