"""What a policy cost a class of simulated learners, and what they held."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import mean

from trailbook.domain.simulation.practise import Way
from trailbook.domain.simulation.shape import Topic


@dataclass(frozen=True)
class Measures:
    """Means over the class.

    Attributes
    ----------
    mastery
        Share of learner and topic pairs truly held at the end.
    exercises, minutes
        A learner needed in all.
    exercises_a_topic
        Done on one topic.
    false_unlocks
        Share of the topics called held that were not: what requires them opened too early. None where nothing locks.
    over_practice
        Share of exercises done on what was held already.
    under_practice
        Share of pairs left, by a rule or by giving up, without holding them.
    given_up
        Share of pairs where the most exercises were done in vain.
    wheel_spinners_helped
        Share held at the end, of the pairs where practice alone leads nowhere; None where there are none.
    retention, retention_with_reviews
        Share of pairs truly held 30 days after the end, without a review and with those that come due.
    review_minutes
        These reviews took a learner.
    """

    mastery: float
    exercises: float
    minutes: float
    exercises_a_topic: float
    false_unlocks: float | None
    over_practice: float
    under_practice: float
    given_up: float
    wheel_spinners_helped: float | None
    retention: float = 0.0
    retention_with_reviews: float = 0.0
    review_minutes: float = 0.0


def measure(ways: Sequence[Way], topics: Collection[Topic], kept: Sequence[tuple[float, float, float]]) -> Measures:
    """Return the measures of a class.

    Parameters
    ----------
    ways
        A learner each, at least one.
    kept
        For each learner: share of topics held after 30 days without reviews, with them, and minutes of review.
    """
    pairs = len(ways) * len(topics)
    exercises = sum(way.exercises.total() for way in ways)
    opened = [held for way in ways for held in way.opened.values()]
    stuck = [name in way.held for way in ways for name in way.stuck]
    held = sum(len(way.held) for way in ways)
    return Measures(
        mastery=held / pairs,
        exercises=exercises / len(ways),
        minutes=sum(way.minutes.total() for way in ways) / len(ways),
        exercises_a_topic=exercises / pairs,
        false_unlocks=opened.count(False) / len(opened) if opened else None,
        over_practice=sum(way.over.total() for way in ways) / exercises if exercises else 0.0,
        under_practice=1 - held / pairs,
        given_up=sum(len(way.given_up) for way in ways) / pairs,
        wheel_spinners_helped=mean(stuck) if stuck else None,
        retention=mean(each[0] for each in kept) if kept else 0.0,
        retention_with_reviews=mean(each[1] for each in kept) if kept else 0.0,
        review_minutes=mean(each[2] for each in kept) if kept else 0.0,
    )
