"""What is left after a month: of a course alone, and of a course with reviews at growing distances."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from trailbook.domain.simulation.practise import WRONG_TAKES, Way
from trailbook.domain.simulation.shape import Topic
from trailbook.domain.simulation.worlds import DAY, Mind

DAYS = 30
REVIEWS = (2, 7, 16)  # days after the end of the course
TRIES = 4  # exercises of one topic in one review, at most: until one is right


def retention(topics: Sequence[Topic], mind: Mind, way: Way, *, seed: str) -> tuple[float, float, float]:
    """Return the shares of topics held after 30 days without and with reviews, and the minutes these took.

    Only topics the learner ever finished are reviewed. The mind is changed by the reviews: ask it nothing afterwards.
    """
    end = way.ended + DAYS * DAY
    without = _share(topics, mind, end)
    random = Random(seed)  # noqa: S311  # a simulation, no secret
    minutes = 0.0
    for day in REVIEWS:
        at = way.ended + day * DAY
        for topic in topics:
            if topic.name in way.exercises and topic.name not in way.given_up:
                minutes += _review(topic, mind, at, random)
    return without, _share(topics, mind, end), minutes


def _review(topic: Topic, mind: Mind, at: float, random: Random) -> float:
    """Practise one topic until an answer is right; return the minutes."""
    minutes = 0.0
    for _ in range(TRIES):
        if mind.answer(topic, random.choice(topic.items), at):
            return minutes + topic.exercise_minutes
        minutes += WRONG_TAKES * topic.exercise_minutes
    return minutes


def _share(topics: Sequence[Topic], mind: Mind, at: float) -> float:
    return sum(mind.holds(topic, at) for topic in topics) / len(topics)
