"""One learner's way through a course, as a policy leads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.simulation.shape import Topic
from trailbook.domain.simulation.worlds import DAY, Mind

MOST = 30  # exercises of one topic, after which a person takes over
SITTING_MINUTES = 45.0  # after which the learner goes on tomorrow
WRONG_TAKES = 1.5  # times as long as a right answer


class Policy(Protocol):
    """Decides for one learner what to practise and when it is enough; sees answers, never the mind (but the oracle).

    Attributes
    ----------
    locks
        Whether a topic stays shut until those it requires were left.
    """

    locks: bool

    def choose(self, open_topics: Sequence[Topic], at: float) -> Topic | None:
        """Return the topic of the next exercise, None when it is enough altogether."""

    def saw(self, topic: Topic, answer: Answer) -> None:
        """Take note of an answer."""

    def leaves(self, topic: Topic, at: float) -> bool:
        """Return whether the topic counts as held, so that what requires it opens."""

    def helps(self, topic: Topic) -> bool:
        """Return whether the learner is helped before the next exercise."""


@dataclass
class Way:
    """What one learner went through.

    Attributes
    ----------
    exercises
        Answers given, by topic.
    minutes
        Reading and answering, by topic.
    over
        Exercises done on what was truly held already, by topic.
    opened
        Topics the policy called held, and whether they truly were at that moment.
    given_up
        Topics left after `MOST` exercises without being called held.
    held
        Topics truly held at the end.
    stuck
        Topics where practice alone would have got nowhere.
    """

    exercises: Counter[str] = field(default_factory=Counter)
    minutes: Counter[str] = field(default_factory=Counter)
    over: Counter[str] = field(default_factory=Counter)
    opened: dict[str, bool] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    answers: list[Answer] = field(default_factory=list)
    ended: float = 0.0


class Clock:
    """Seconds since the course began; a sitting is followed by tomorrow's."""

    def __init__(self) -> None:
        self.day = 0
        self.minutes = 0.0

    @property
    def now(self) -> float:
        """Seconds since the course began."""
        return self.day * DAY + self.minutes * 60

    def spend(self, minutes: float) -> None:
        """Let time pass."""
        self.minutes += minutes
        if self.minutes >= SITTING_MINUTES:
            self.day, self.minutes = self.day + 1, 0.0


def practise(topics: Sequence[Topic], mind: Mind, policy: Policy, *, learner: str, seed: str) -> Way:
    """Return the learner's way through the topics; the same seed draws the same exercises."""
    way, clock = Way(stuck={topic.name for topic in topics if mind.is_stuck(topic)}), Clock()
    draws = {topic.name: Random(f"{seed}/{topic.name}") for topic in topics}  # noqa: S311  # a simulation
    while True:
        left = way.opened.keys() | way.given_up
        open_topics = [topic for topic in topics if topic.name not in left and _is_open(topic, left, policy)]
        topic = policy.choose(open_topics, clock.now) if open_topics else None
        if topic is None:
            break
        if not way.exercises[topic.name]:
            _spend(way, clock, topic, topic.minutes)
            if policy.leaves(topic, clock.now):
                way.opened[topic.name] = mind.holds(topic, clock.now)  # known before the first exercise
                continue
        if policy.helps(topic):
            mind.help(topic)
            _spend(way, clock, topic, topic.exercise_minutes)
        _answer(way, clock, topic, mind, policy, learner=learner, draw=draws[topic.name])
        if topic.name not in left and policy.leaves(topic, clock.now):
            way.opened[topic.name] = mind.holds(topic, clock.now)
        elif topic.name not in left and way.exercises[topic.name] >= MOST:
            way.given_up.add(topic.name)
    way.ended = clock.now
    way.held = {topic.name for topic in topics if mind.holds(topic, clock.now)}
    return way


def _is_open(topic: Topic, left: Collection[str], policy: Policy) -> bool:
    return not policy.locks or all(name in left for name in topic.requires)


def _answer(way: Way, clock: Clock, topic: Topic, mind: Mind, policy: Policy, *, learner: str, draw: Random) -> None:
    way.over[topic.name] += mind.holds(topic, clock.now)
    item = draw.choice(topic.items)
    right = mind.answer(topic, item, clock.now)
    answer = Answer(learner, item, (topic.name,), clock.now, float(right))
    way.exercises[topic.name] += 1
    way.answers.append(answer)
    _spend(way, clock, topic, topic.exercise_minutes * (1.0 if right else WRONG_TAKES))
    policy.saw(topic, answer)


def _spend(way: Way, clock: Clock, topic: Topic, minutes: float) -> None:
    way.minutes[topic.name] += minutes  # type: ignore[assignment]  # a Counter of minutes adds as well as one of things
    clock.spend(minutes)
