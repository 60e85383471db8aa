"""Policies at equal mastery."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from support.simulated_course import topics

from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.mastery.weights import SHIPPED
from trailbook.domain.simulation.compare import BKT, FIXED, ORACLE, OURS, RANDOM, STREAK, WANTED, Study
from trailbook.domain.simulation.measures import Measures, measure
from trailbook.domain.simulation.policies import Fixed
from trailbook.domain.simulation.practise import Way
from trailbook.domain.simulation.tuning import tune, tune_fixed, tune_weights
from trailbook.domain.simulation.worlds import Slopes, Steps, worlds_of

TOPICS = topics()
WORLDS = worlds_of(Slopes(), Steps())


def study(world: str, *, learners: int = 12, seed: int = 0) -> Study:
    return Study(WORLDS[world], TOPICS, learners, seed)


@pytest.mark.parametrize("world", ["steps", "messy"])
def test_ours_needs_less_than_the_fixed_sequence_and_ends_with_as_much(world: str) -> None:
    found = study(world, learners=24).compare()
    assert list(found.policies) == [FIXED, RANDOM, STREAK, BKT, OURS, ORACLE]
    ours, fixed = found.policies[OURS], found.policies[FIXED]
    assert ours.mastery >= fixed.mastery
    assert found.saved == pytest.approx(1 - ours.exercises / fixed.exercises)
    assert found.saved > 0.2
    assert (ours.false_unlocks or 0.0) <= 1 - WANTED
    assert found.policies[RANDOM].false_unlocks is None
    assert found.policies[ORACLE].exercises < ours.exercises


def test_the_same_seed_gives_the_same_and_another_seed_another_class() -> None:
    one, same, other = (study("steps", learners=5, seed=seed).compare() for seed in (1, 1, 2))
    assert one == same
    assert one.policies != other.policies


def test_the_fixed_sequence_is_the_shortest_that_brings_enough_learners_there() -> None:
    minds = study("steps", learners=30).minds
    tuned = tune_fixed(TOPICS, minds("class"), wanted=0.9)
    one = TOPICS[0]
    held = []
    for count in (tuned[one.name] - 1, tuned[one.name]):
        fresh = minds("class")
        for mind in fresh:
            for number in range(count):
                mind.answer(one, one.items[(number + 1) % len(one.items)], 0.0)
        held.append(sum(mind.holds(one, 0.0) for mind in fresh) / 30)
    assert held[0] < 0.9 <= held[1]


def test_bisection_finds_the_lowest_value_that_is_enough() -> None:
    assert tune(lambda value: value >= 0.3, 0.0, 1.0) == pytest.approx(0.3, abs=0.01)
    assert tune(lambda value: False, 0.0, 1.0) == 1.0


def test_weights_follow_a_class_that_learns_fast() -> None:
    def answers(learner: int) -> list[Answer]:
        return [Answer(f"l{learner}", f"i{place}", ("s",), None, float(place > 3)) for place in range(12)]

    log = [answer for learner in range(10) for answer in answers(learner)]
    assert tune_weights(log).practice_wrong > SHIPPED.practice_wrong


def test_measures_are_means_over_learners_and_topics() -> None:
    one = Way(
        exercises=Counter({"m/one": 4, "m/two": 6}),
        minutes=Counter({"m/one": 12, "m/two": 18}),
        over=Counter({"m/one": 1}),
        opened={"m/one": True, "m/two": False},
        held={"m/one"},
        stuck={"m/two"},
    )
    other = replace(
        one,
        over=Counter({"m/one": 4}),
        opened={"m/one": True},
        given_up={"m/two"},
        held={"m/one", "m/two"},
    )
    assert measure([one, other], TOPICS[:2], [(0.5, 1.0, 10.0), (0.0, 0.5, 20.0)]) == Measures(
        mastery=0.75,
        exercises=10.0,
        minutes=30.0,
        exercises_a_topic=5.0,
        false_unlocks=pytest.approx(1 / 3),
        over_practice=0.25,
        under_practice=0.25,
        given_up=0.25,
        wheel_spinners_helped=0.5,
        retention=0.25,
        retention_with_reviews=0.75,
        review_minutes=15.0,
    )


def test_measures_of_nothing_are_no_division_by_zero() -> None:
    found = measure([Way()], TOPICS, [])
    assert (found.false_unlocks, found.over_practice, found.wheel_spinners_helped) == (None, 0.0, None)


def test_reviews_keep_what_would_be_forgotten() -> None:
    found = study("messy", learners=30).measured(
        lambda learner, mind: Fixed(dict.fromkeys((topic.name for topic in TOPICS), 12)), a_month=True
    )
    assert found.retention < found.mastery
    assert found.retention_with_reviews > found.retention + 0.1
    assert found.review_minutes > 0
