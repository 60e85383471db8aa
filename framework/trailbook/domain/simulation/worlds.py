"""How simulated learners learn. Three worlds: two that obey a model's assumptions, and one that obeys none.

In `steps` a skill is held or not and comes all at once, for everybody alike, as knowledge tracing has it. In `slopes`
ability grows with practice, as the default model has it. `messy` is `steps` with what real classes add: learners of
different pace, some who get nowhere with some skills unless they are helped, prerequisites of the author's that do not
matter and others that slow learning down while they are not held, and forgetting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import exp, log1p
from random import Random
from typing import Protocol

from trailbook.domain.mastery.bkt import Parameters
from trailbook.domain.simulation.shape import Topic

HELD = 0.75  # true share correct on the exercises of a lesson from which it is held
DAY = 86_400.0


class Mind(Protocol):
    """One learner's knowledge, which no policy sees but the oracle."""

    def answer(self, topic: Topic, item: str, at: float) -> bool:
        """Return whether the answer is right; the learner learns from giving it."""

    def holds(self, topic: Topic, at: float) -> bool:
        """Return whether the learner truly holds the topic."""

    def is_stuck(self, topic: Topic) -> bool:
        """Return whether practice alone will not get the learner there."""

    def help(self, topic: Topic) -> None:
        """Show a worked example, an easier variant or a person."""


@dataclass(frozen=True)
class World:
    """A kind of learners: its name, and what makes one, of a level in standard deviations from the average."""

    name: str
    make: Callable[[tuple[Topic, ...], Random, float], Mind]

    def learner(self, topics: tuple[Topic, ...], *, seed: str, level: float | None = None) -> Mind:
        """Return a learner; the same seed gives the same, who gives the same answers to the same practice."""
        random = Random(seed)  # noqa: S311  # a simulation, no secret
        drawn = random.gauss(0, 1)
        return self.make(topics, random, drawn if level is None else level)


@dataclass(frozen=True)
class Slopes:
    """Parameters of the world `slopes`, in log-odds.

    Those given here are the published log's (`bench/path/data`), where first answers are right in 35 of 100 cases,
    fourth ones in 68 and thirteenth ones in 84.

    Attributes
    ----------
    easiness
        Of each topic, by its place in the course; places beyond the last begin anew.
    learner, own, item
        Standard deviations of learners' levels, of a learner's level on a topic, of exercises' easiness.
    gain
        For each unit of log(1 + right answers), and of log(1 + wrong answers), given on the topic.
    """

    easiness: tuple[float, ...] = (-0.7, -0.2, -1.2, -0.5, -0.9)
    learner: float = 0.9
    own: float = 0.4
    item: float = 0.65
    gain: float = 0.8

    def world(self) -> World:
        """Return the world."""
        return World("slopes", lambda topics, random, level: SlopesMind(self, topics, random, level))


class SlopesMind:
    """A learner of the world `slopes`."""

    def __init__(self, world: Slopes, topics: tuple[Topic, ...], random: Random, level: float) -> None:
        self.world = world
        self.given = {topic.name: [0, 0] for topic in topics}  # wrong answers, right ones
        self.streams = {topic.name: Random(random.random()) for topic in topics}  # noqa: S311
        self.base = {
            topic.name: world.easiness[place % len(world.easiness)] + world.learner * level + random.gauss(0, world.own)
            for place, topic in enumerate(topics)
        }

    def answer(self, topic: Topic, item: str, at: float) -> bool:
        """See `Mind`."""
        right = self.streams[topic.name].random() < self._right(topic, item)
        self.given[topic.name][right] += 1
        return right

    def holds(self, topic: Topic, at: float) -> bool:
        """See `Mind`."""
        return sum(self._right(topic, item) for item in topic.items) / len(topic.items) >= HELD

    def is_stuck(self, topic: Topic) -> bool:
        """Nobody is in this world."""
        return False

    def help(self, topic: Topic) -> None:
        """Help is worth one more wrong answer here."""
        self.given[topic.name][False] += 1

    def _right(self, topic: Topic, item: str) -> float:
        wrong, right = self.given[topic.name]
        practice = self.world.gain * (log1p(right) + log1p(wrong))
        total = self.base[topic.name] + self.world.item * _easiness(item) + practice
        return 1.0 / (1.0 + exp(-total))


@dataclass(frozen=True)
class Steps:
    """Parameters of the worlds `steps` and `messy`.

    Attributes
    ----------
    skills
        Of each topic, by its place in the course; places beyond the last begin anew.
    pace
        By which power of e a learner one standard deviation above the average learns faster.
    stuck
        Share of learner and topic pairs where practice alone teaches next to nothing.
    helped, help_works
        How fast such a learner learns after help that worked, and how often it works.
    item
        Standard deviation of exercises' easiness, in log-odds.
    real
        Share of the author's prerequisites that matter.
    without
        What is left of the pace while a prerequisite that matters is not held.
    days
        Days until 63 of 100 held skills would be forgotten, at first; each right answer on another day doubles them.
    """

    name: str = "messy"
    skills: tuple[Parameters, ...] = (
        Parameters(0.35, 0.25, 0.2, 0.08),
        Parameters(0.25, 0.2, 0.15, 0.1),
        Parameters(0.15, 0.15, 0.2, 0.12),
        Parameters(0.3, 0.18, 0.25, 0.08),
    )
    pace: float = 0.5
    stuck: float = 0.08
    helped: float = 0.3
    help_works: float = 0.7
    item: float = 0.5
    real: float = 0.7
    without: float = 0.25
    days: float = 60.0

    def world(self) -> World:
        """Return the world."""
        return World(self.name, lambda topics, random, level: StepsMind(self, topics, random, level))


@dataclass
class Skill:
    """What a learner of the worlds `steps` and `messy` has of one topic; it is held until a time, in seconds."""

    parameters: Parameters
    random: Random
    learn: float
    stuck: bool
    help_works: bool
    needs: tuple[str, ...]
    days: float
    until: float = -1.0
    last: float = 0.0

    def hold(self, at: float) -> None:
        """Hold it from now on, for as long as it lasts."""
        self.until = at + DAY * self.days * self.random.expovariate(1.0)


class StepsMind:
    """A learner of the worlds `steps` and `messy`."""

    def __init__(self, world: Steps, topics: tuple[Topic, ...], random: Random, level: float) -> None:
        self.world = world
        self.skills: dict[str, Skill] = {}
        for place, topic in enumerate(topics):
            found = world.skills[place % len(world.skills)]
            known = random.random() < _shifted(found.initial, world.pace * level)
            stuck = random.random() < world.stuck and not known
            mine = self.skills[topic.name] = Skill(
                parameters=found,
                random=Random(random.random()),  # noqa: S311
                learn=0.01 if stuck else _shifted(found.learn, world.pace * level),
                stuck=stuck,
                help_works=random.random() < world.help_works,
                needs=tuple(name for name in topic.requires if _chance(name, topic.name) < world.real),
                days=world.days,
            )
            if known:
                mine.hold(0.0)

    def answer(self, topic: Topic, item: str, at: float) -> bool:
        """See `Mind`."""
        mine = self.skills[topic.name]
        found, held = mine.parameters, at < mine.until
        usual = 1 - found.slip if held else found.guess
        right = mine.random.random() < _shifted(usual, self.world.item * _easiness(item))
        pace = 1.0 if all(at < self.skills[name].until for name in mine.needs) else self.world.without
        learns = mine.random.random() < mine.learn * pace
        if held and right and at - mine.last >= DAY:
            mine.days *= 2
            mine.hold(at)
        elif not held and learns:
            mine.hold(at)
        mine.last = at
        return right

    def holds(self, topic: Topic, at: float) -> bool:
        """See `Mind`."""
        return at < self.skills[topic.name].until

    def is_stuck(self, topic: Topic) -> bool:
        """See `Mind`."""
        return self.skills[topic.name].stuck

    def help(self, topic: Topic) -> None:
        """See `Mind`."""
        mine = self.skills[topic.name]
        if mine.help_works:
            mine.learn = max(mine.learn, self.world.helped)


def steps_of(messy: Steps) -> Steps:
    """Return the world of the same skills without what the messy one adds."""
    return replace(messy, name="steps", pace=0.0, stuck=0.0, item=0.0, real=0.0, days=1e9)


def worlds_of(slopes: Slopes, messy: Steps) -> Mapping[str, World]:
    """Return the worlds by their names."""
    return {world.name: world for world in (steps_of(messy).world(), slopes.world(), messy.world())}


@cache
def _easiness(item: str) -> float:
    """Return an exercise's easiness in standard deviations: the same in every run and for every learner."""
    return Random(item).gauss(0, 1)  # noqa: S311


@cache
def _chance(one: str, other: str) -> float:
    return Random(f"{one} {other}").random()  # noqa: S311


def _shifted(share: float, by: float) -> float:
    """Return a share moved by log-odds.

    >>> round(_shifted(0.5, 1.0), 3)
    0.731
    """
    return 1.0 / (1.0 + (1.0 - share) / share * exp(-by))
