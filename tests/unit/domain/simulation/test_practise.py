"""One learner's way through, under each policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.simulated_course import topics

from trailbook.domain.mastery.bkt import BktModel, Parameters
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.gate import Gate
from trailbook.domain.simulation.ours import Ours
from trailbook.domain.simulation.policies import Anything, Fixed, Oracle, Streak, Traced
from trailbook.domain.simulation.practise import MOST, Policy, practise
from trailbook.domain.simulation.worlds import Mind, Steps, steps_of

TOPICS = topics()
NAMES = [topic.name for topic in TOPICS]
SURE = replace(steps_of(Steps()), skills=(Parameters(0.01, 0.99, 0.01, 0.01),)).world()
NEVER = replace(Steps(), skills=(Parameters(0.01, 0.01, 0.01, 0.01),), stuck=1.0, help_works=0.0).world()

POLICIES: dict[str, Callable[[Mind], Policy]] = {
    "fixed": lambda mind: Fixed(dict.fromkeys(NAMES, 5)),
    "random": lambda mind: Anything(40, "a"),
    "streak": lambda mind: Streak(),
    "bkt": lambda mind: Traced(BktModel(), "ada"),
    "ours": lambda mind: Ours(CountsModel(), Gate(0.6), "ada", TOPICS),
    "oracle": Oracle,
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_learner_who_learns_at_once_gets_through(name: str) -> None:
    mind = SURE.learner(TOPICS, seed="3")
    way = practise(TOPICS, mind, POLICIES[name](mind), learner="ada", seed="3")
    assert way.held == set(NAMES)
    assert way.given_up == set()
    assert way.exercises.keys() == set(NAMES)
    assert len(way.answers) == way.exercises.total()


@pytest.mark.parametrize("name", ["streak", "bkt", "ours", "oracle"])
def test_a_learner_who_gets_nowhere_is_let_go(name: str) -> None:
    mind = NEVER.learner(TOPICS, seed="3", level=-3.0)
    way = practise(TOPICS, mind, POLICIES[name](mind), learner="ada", seed="3")
    assert way.given_up == set(NAMES)
    assert all(MOST <= way.exercises[topic] <= MOST + 15 for topic in NAMES)
    assert way.opened == {}


def test_the_oracle_opens_nothing_too_early_and_practises_nothing_held() -> None:
    for seed in range(10):
        mind = Steps().world().learner(TOPICS, seed=str(seed))
        way = practise(TOPICS, mind, Oracle(mind), learner="ada", seed=str(seed))
        assert all(way.opened.values())
        assert way.over.total() == 0


def test_a_locked_topic_waits_for_what_it_requires() -> None:
    mind = SURE.learner(TOPICS, seed="3")
    way = practise(TOPICS, mind, Streak(), learner="ada", seed="3")
    met = list(dict.fromkeys(answer.skills[0] for answer in way.answers))
    assert met.index("m/one") < met.index("m/two") < met.index("m/three")


def test_time_passes_with_every_exercise_and_sittings_end() -> None:
    mind = SURE.learner(TOPICS, seed="3")
    way = practise(TOPICS, mind, Fixed(dict.fromkeys(NAMES, 8)), learner="ada", seed="3")
    times = [answer.at or 0.0 for answer in way.answers]
    assert times == sorted(times)
    assert way.minutes.total() >= 4 * 10 + 32 * 3
    assert way.ended >= 2 * 86_400


def test_struggle_is_helped_once_by_ours() -> None:
    policy = Ours(CountsModel(), Gate(0.9), "ada", TOPICS)
    mind = NEVER.learner(TOPICS, seed="3", level=-3.0)
    practise(TOPICS, mind, policy, learner="ada", seed="3")
    assert policy.helped == set(NAMES)
