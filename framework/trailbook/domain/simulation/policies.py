"""Who decides what a simulated learner practises: the field's rules, ours, and one that sees the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from random import Random

from trailbook.domain.mastery.bkt import BktModel
from trailbook.domain.mastery.gate import Gate, typical
from trailbook.domain.mastery.protocol import RIGHT, Answer, LearnerModel, Question
from trailbook.domain.simulation.shape import Topic
from trailbook.domain.simulation.worlds import Mind
from trailbook.domain.struggle import Try, notice

BKT_ENOUGH = 0.95
REPAIRS = 5  # exercises at most of a topic whose loss stands in the way
TRIES = 6  # of the last answers on a topic, in which struggle is looked for


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


class Ours(InOrder):
    """Trailbook's: the gate on the learner model's prediction, the notice of struggle, and repair of what is missing.

    The model is the course's: it goes on learning from one learner to the next.
    """

    def __init__(self, model: LearnerModel, gate: Gate, learner: str, topics: Collection[Topic]) -> None:
        self.model = model
        self.gate = gate
        self.learner = learner
        self.topics = {topic.name: topic for topic in topics}
        self.tries: defaultdict[str, list[Try]] = defaultdict(list)
        self.helped: set[str] = set()
        self.at = 0.0
        self.repairing: Topic | None = None
        self.repairs = 0

    def choose(self, open_topics: Sequence[Topic], at: float) -> Topic | None:
        """Return what a repair asks for, while it lasts; else the first open topic."""
        if self.repairs <= 0 or (self.repairing is not None and self.leaves(self.repairing, at)):
            self.repairing = None
        return self.repairing or open_topics[0]

    def saw(self, topic: Topic, answer: Answer) -> None:
        """See `Policy`."""
        self.model.update(answer)
        self.tries[topic.name].append(Try(answer.share))
        self.at = answer.at or self.at
        if topic is self.repairing:
            self.repairs -= 1

    def leaves(self, topic: Topic, at: float) -> bool:
        """See `Policy`."""
        return self.gate.holds(typical(self.model, self.learner, topic.name, items=topic.items, at=at))

    def helps(self, topic: Topic) -> bool:
        """Help once in a topic, when the tries show struggle; what it requires and seems lost is practised first."""
        tries = self.tries[topic.name][-TRIES:]
        predicted = self.model.predict(Question(self.learner, "", (topic.name,)))
        if topic.name in self.helped or notice(tries, predicted=predicted) is None:
            return False
        self.helped.add(topic.name)
        lost = [self.topics[name] for name in topic.requires if not self.leaves(self.topics[name], self.at)]
        self.repairing, self.repairs = (lost[0], REPAIRS) if lost else (None, 0)
        return True


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
