"""Trailbook's policy on simulated learners: the product's own gate, notice of struggle and next step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from trailbook.domain.course import LessonKey
from trailbook.domain.mastery.gate import Gate, typical
from trailbook.domain.mastery.protocol import Answer, LearnerModel, Question
from trailbook.domain.path import LessonStatus, Status
from trailbook.domain.progress import LessonProgress
from trailbook.domain.recommending import Situation, recommend
from trailbook.domain.simulation.policies import InOrder
from trailbook.domain.simulation.shape import Topic
from trailbook.domain.struggle import Try, notice

REPAIRS = 5  # exercises at most of a topic whose loss stands in the way
TRIES = 6  # of the last answers on a topic, in which struggle is looked for


class Ours(InOrder):
    """Trailbook's: the gate on the learner model's prediction, the notice of struggle, the next step.

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
        self.recent: tuple[LessonKey, ...] = ()
        self.begun: Topic | None = None
        self.repairing: Topic | None = None
        self.repairs = 0

    def choose(self, open_topics: Sequence[Topic], at: float) -> Topic | None:
        """Return what a repair asks for, while it lasts; else what was begun; else what is recommended."""
        if self.repairs <= 0 or (self.repairing is not None and self.leaves(self.repairing, at)):
            self.repairing = None
        if self.repairing is None and self.begun not in open_topics:
            self.begun = open_topics[0] if len(open_topics) == 1 else self._recommended(open_topics, at)
        return self.repairing or self.begun

    def saw(self, topic: Topic, answer: Answer) -> None:
        """See `Policy`."""
        self.model.update(answer)
        self.tries[topic.name].append(Try(answer.share))
        if self.recent[-1:] != (topic.lesson.key,):
            self.recent = (*self.recent, topic.lesson.key)
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

    def _recommended(self, open_topics: Sequence[Topic], at: float) -> Topic:
        """Return the open topic that the product's rule puts first; repairs begin with struggle instead."""
        is_open = {topic.lesson.key: topic for topic in open_topics}
        situation = Situation(
            statuses={topic.lesson.key: self._status(topic, is_open) for topic in self.topics.values()},
            skills={
                name: typical(self.model, self.learner, name, items=topic.items, at=at)
                for name, topic in self.topics.items()
            },
            recent=self.recent,
            taught={topic.lesson.key: (name,) for name, topic in self.topics.items()},
        )
        seed = f"{self.learner}/{sum(map(len, self.tries.values()))}"
        ranked = sorted(recommend(situation, seed=seed).alternatives, key=lambda each: (-each.probability, -each.score))
        named = (each.lesson.key for each in ranked if each.lesson is not None)
        return next((is_open[key] for key in named if key in is_open), open_topics[0])

    def _status(self, topic: Topic, is_open: Collection[LessonKey]) -> LessonStatus:
        tried = bool(self.tries[topic.name])
        if topic.lesson.key in is_open:
            status = Status.IN_PROGRESS if tried else Status.OPEN
        else:
            status = Status.MASTERED if tried else Status.LOCKED
        return LessonStatus(topic.lesson, status, "", (), LessonProgress(topic.lesson.key, started=tried))
