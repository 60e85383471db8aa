"""How simulated learners learn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.simulated_course import topics

from trailbook.domain.mastery.bkt import Parameters
from trailbook.domain.simulation.worlds import DAY, Slopes, Steps, steps_of, worlds_of

TOPICS = topics()
ONE, TWO = TOPICS[0], TOPICS[2]
SURE = Steps(skills=(Parameters(0.01, 0.99, 0.01, 0.01),), pace=0.0, stuck=0.0, item=0.0, real=1.0)


@pytest.mark.parametrize("name", ["steps", "slopes", "messy"])
def test_the_same_seed_gives_the_same_learner(name: str) -> None:
    world = worlds_of(Slopes(), Steps())[name]
    one, same, other = (world.learner(TOPICS, seed=seed) for seed in ("1", "1", "2"))
    answers = [[mind.answer(ONE, ONE.items[0], 0.0) for _ in range(40)] for mind in (one, same, other)]
    assert answers[0] == answers[1]
    assert answers[0] != answers[2]


@pytest.mark.parametrize("name", ["steps", "slopes", "messy"])
def test_practice_makes_more_learners_hold_a_topic(name: str) -> None:
    world = worlds_of(Slopes(), Steps())[name]
    minds = [world.learner(TOPICS, seed=str(seed)) for seed in range(60)]
    before = sum(mind.holds(ONE, 0.0) for mind in minds)
    for mind in minds:
        for item in ONE.items:
            mind.answer(ONE, item, 0.0)
    assert sum(mind.holds(ONE, 0.0) for mind in minds) > before + 10


def test_a_better_learner_holds_more_on_the_slopes() -> None:
    world = Slopes().world()
    novice, expert = (world.learner(TOPICS, seed="1", level=level) for level in (-3.0, 3.0))
    assert [mind.holds(ONE, 0.0) for mind in (novice, expert)] == [False, True]


def test_nothing_is_forgotten_in_steps_and_almost_all_in_years_of_the_messy_world() -> None:
    held = {}
    for world in (steps_of(SURE), SURE):
        minds = [world.world().learner(TOPICS, seed=str(seed)) for seed in range(20)]
        for mind in minds:
            mind.answer(ONE, ONE.items[0], 0.0)
            mind.answer(ONE, ONE.items[1], 0.0)
        held[world.name] = [sum(mind.holds(ONE, days * DAY) for mind in minds) for days in (0, 2000)]
    assert held == {"steps": [20, 20], "messy": [20, 0]}


def test_reviews_on_other_days_make_it_last() -> None:
    kept = []
    for reviews in (0, 5):
        minds = [SURE.world().learner(TOPICS, seed=str(seed)) for seed in range(40)]
        for mind in minds:
            for day in range(reviews + 1):
                for item in ONE.items[:3]:
                    mind.answer(ONE, item, day * DAY)
        kept.append(sum(mind.holds(ONE, (reviews + 60) * DAY) for mind in minds))
    assert kept[1] > kept[0] + 8


def test_who_is_stuck_needs_help() -> None:
    world = replace(SURE, stuck=1.0, help_works=1.0, helped=0.9).world()
    alone, helped = (world.learner(TOPICS, seed="3") for _ in range(2))
    assert alone.is_stuck(ONE)
    helped.help(ONE)
    for mind in (alone, helped):
        for item in ONE.items[:5]:
            mind.answer(ONE, item, 0.0)
    assert (alone.holds(ONE, 0.0), helped.holds(ONE, 0.0)) == (False, True)


def test_a_missing_prerequisite_slows_learning_down() -> None:
    world = replace(SURE, skills=(Parameters(0.01, 0.5, 0.01, 0.01),), without=0.0).world()
    mind = world.learner(TOPICS, seed="4")
    for item in TWO.items:
        mind.answer(TWO, item, 0.0)
    assert not mind.holds(TWO, 0.0)
    for topic in (ONE, TWO):
        for item in topic.items:
            mind.answer(topic, item, 0.0)
    assert mind.holds(TWO, 0.0)
