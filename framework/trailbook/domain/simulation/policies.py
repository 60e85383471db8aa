"""Who decides what a simulated learner practises: the field's rules, and one that sees the truth. Ours is in `ours`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from trailbook.domain.mastery.bkt import BktModel
from trailbook.domain.mastery.protocol import RIGHT, Answer
from trailbook.domain.simulation.shape import Topic
from trailbook.domain.simulation.worlds import Mind

BKT_ENOUGH = 0.95


class InOrder:
    """The author's order, one topic after the other, and no help: what the rules below share."""

    locks = True

    def choose(self, open_topics: Sequence[Topic], at: float) -> Topic | None:
        """See `Policy`."""
        return open_topics[0]

    def saw(self, topic: Topic, answer: Answer) -> None:
        """See `Policy`."""

    def leaves(self, topic: Topic, at: float) -> bool:
        """See `Policy`."""
        raise NotImplementedError

    def helps(self, topic: Topic) -> bool:
        """See `Policy`."""
        return False


class Fixed(InOrder):
    """So many exercises of each topic, the same for everybody."""

    def __init__(self, exercises: Mapping[str, int]) -> None:
        self.exercises = exercises
        self.given: Counter[str] = Counter()

    def saw(self, topic: Topic, answer: Answer) -> None:
        """See `Policy`."""
        self.given[topic.name] += 1

    def leaves(self, topic: Topic, at: float) -> bool:
        """See `Policy`."""
        return self.given[topic.name] >= self.exercises[topic.name]


class Anything(Fixed):
    """Any topic at random, whatever it requires, until all have had the exercises a number in all allows."""

    locks = False

    def __init__(self, in_all: int, seed: str) -> None:
        super().__init__({})
        self.left = in_all
        self.random = Random(seed)  # noqa: S311  # a simulation, no secret

    def choose(self, open_topics: Sequence[Topic], at: float) -> Topic | None:
        """See `Policy`."""
        self.left -= 1
        return self.random.choice(open_topics) if self.left >= 0 else None

    def leaves(self, topic: Topic, at: float) -> bool:
        """See `Policy`."""
        return False


class Streak(InOrder):
    """So many right answers in a row."""

    def __init__(self, enough: int = 3) -> None:
        self.enough = enough
        self.run: Counter[str] = Counter()

    def saw(self, topic: Topic, answer: Answer) -> None:
        """See `Policy`."""
        self.run[topic.name] = self.run[topic.name] + 1 if answer.share >= RIGHT else 0

    def leaves(self, topic: Topic, at: float) -> bool:
        """See `Policy`."""
        return self.run[topic.name] >= self.enough


class Traced(InOrder):
    """Bayesian knowledge tracing, fitted on a class before: held with a probability of 0.95."""

    def __init__(self, model: BktModel, learner: str) -> None:
        self.model = model
        self.learner = learner

    def saw(self, topic: Topic, answer: Answer) -> None:
        """See `Policy`."""
        self.model.update(answer)

    def leaves(self, topic: Topic, at: float) -> bool:
        """See `Policy`."""
        mine = self.model.held.get((self.learner, topic.name))
        return mine is not None and mine.probability >= BKT_ENOUGH


class Oracle(InOrder):
    """Sees the mind: leaves a topic the moment it is held, and helps who will get nowhere. Nobody can be better."""

    def __init__(self, mind: Mind) -> None:
        self.mind = mind
        self.helped: set[str] = set()

    def leaves(self, topic: Topic, at: float) -> bool:
        """See `Policy`."""
        return self.mind.holds(topic, at)

    def helps(self, topic: Topic) -> bool:
        """See `Policy`."""
        if topic.name in self.helped or not self.mind.is_stuck(topic):
            return False
        self.helped.add(topic.name)
        return True
