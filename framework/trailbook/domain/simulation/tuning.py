"""What makes policies comparable: each is set so that a pilot class ends with the same mastery."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import log as log_of

from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.protocol import RIGHT, Answer
from trailbook.domain.mastery.weights import SHIPPED, Weights
from trailbook.domain.simulation.practise import MOST, SITTING_MINUTES
from trailbook.domain.simulation.shape import Topic
from trailbook.domain.simulation.worlds import DAY, Mind

STEPS = 7  # of a bisection
GAINS = (0.3, 0.6, 0.9, 1.2)  # weights of practice tried, in log-odds
NEARLY = 0.98  # of what the most exercises reach, where that is less than what is wanted


def tune_fixed(topics: Sequence[Topic], minds: Sequence[Mind], *, wanted: float) -> Mapping[str, int]:
    """Return the fewest exercises of each topic after which a share of the learners holds it.

    The honest rival: it knows every learner's true state in the pilot, topic by topic, which no author does. Where even
    the most exercises fall short of the share, it takes those that get nearly as far as they do.

    Parameters
    ----------
    wanted
        Share of the learners, in (0, 1).
    """
    tuned: dict[str, int] = {}
    minutes = 0.0
    for topic in topics:
        began = minutes
        reached = [_share(topic, minds, at=_time(began))]
        while reached[-1] < wanted and len(reached) <= MOST:
            at = _time(minutes)
            for mind in minds:
                mind.answer(topic, topic.items[len(reached) % len(topic.items)], at)
            minutes += topic.exercise_minutes
            reached.append(_share(topic, minds, at=at))
        enough = min(wanted, NEARLY * max(reached))
        tuned[topic.name] = next(count for count, share in enumerate(reached) if share >= enough)
        minutes = began + topic.minutes + tuned[topic.name] * topic.exercise_minutes
    return tuned


def tune(measured: Callable[[float], bool], low: float, high: float) -> float:
    """Return about the lowest value that is enough, by bisection; ``high`` where nothing lower is."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if measured(middle) else (middle, high)
    return high


def tune_weights(log: Sequence[Answer]) -> Weights:
    """Return the weights, of a few, with which the default model predicts a class's answers best.

    It never sees a mind: only answers, as `trailbook fit` does.
    """
    steady = replace(SHIPPED, repeat_right=0.0, repeat_wrong=0.0, form=0.0, drift_of_learner=0.0, drift_of_skill=0.0)
    return min(
        (replace(start, practice_right=gain, practice_wrong=gain) for start in (SHIPPED, steady) for gain in GAINS),
        key=lambda weights: _loss(CountsModel(weights), log),
    )


def _loss(model: CountsModel, log: Sequence[Answer]) -> float:
    total = 0.0
    for answer in log:
        predicted = model.update(answer)
        total -= log_of(predicted if answer.share >= RIGHT else 1 - predicted)
    return total


def _share(topic: Topic, minds: Sequence[Mind], *, at: float) -> float:
    return sum(mind.holds(topic, at) for mind in minds) / len(minds)


def _time(minutes: float) -> float:
    days, rest = divmod(minutes, SITTING_MINUTES)
    return days * DAY + rest * 60
