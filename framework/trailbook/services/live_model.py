"""A learner model with what it was taught, answer by answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.mastery.gate import typical
from trailbook.domain.mastery.history import Evidence, Outcome
from trailbook.domain.mastery.knowledge import Knowledge, Tally
from trailbook.domain.mastery.protocol import Answer, LearnerModel, Question
from trailbook.services.answer_history import AnswerHistory

RECENT = 5  # lessons


@dataclass(frozen=True)
class Catalogue:
    """The exercises that give evidence, by lesson with their skills, and by skill."""

    lessons: Mapping[LessonKey, tuple[tuple[str, tuple[str, ...]], ...]]
    skills: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, course: Course, exercises: Mapping[LessonKey, Iterable[Exercise]]) -> Catalogue:
        """Return the items of a course's released lessons."""
        lessons: dict[LessonKey, tuple[tuple[str, tuple[str, ...]], ...]] = {}
        skills: dict[str, list[str]] = {}
        for lesson in course.lessons():
            items = [
                (lesson.item_of(each.id), lesson.skills_of(each.id))
                for each in exercises.get(lesson.key, ())
                if each.max_score > 0 and each.answer_cells
            ]
            if items:
                lessons[lesson.key] = tuple(items)
            for item, practised in items:
                for skill in practised:
                    skills.setdefault(skill, []).append(item)
        return cls(lessons, {skill: tuple(items) for skill, items in skills.items()})


class Once:
    """A learner model that learns nothing meanwhile, and so need not predict the same for one learner again."""

    def __init__(self, model: LearnerModel) -> None:
        self.name = model.name
        self.update = model.update
        self.explain = model.explain
        self._predict = model.predict
        self._known: dict[tuple[str, tuple[str, ...]], float] = {}

    def predict(self, question: Question) -> float:
        """Return the probability in (0, 1) of a right answer."""
        found = self._known[question.item, question.skills] = self._predict(question)
        return found

    def again(self, learner: str, item: str, skills: tuple[str, ...], at: float) -> float:
        """Return the same, without asking where it was predicted before."""
        found = self._known.get((item, skills))
        return self.predict(Question(learner, item, skills, at)) if found is None else found


class LiveModel:
    """One course's model, kept up with the log; not for several threads at once.

    Attributes
    ----------
    last_answer, last_event
        How far the log was read.
    log, of_learner
        The answers that are evidence, in the order they were learned from, and by learner.
    """

    def __init__(self, course: Course, model: LearnerModel, history: AnswerHistory) -> None:
        self.model = model
        self.history = history
        self.last_answer = 0
        self.last_event = 0
        self.log: list[Answer] = []
        self.of_learner: dict[str, list[Answer]] = {}
        self._lessons = {lesson.key: lesson for lesson in course.lessons()}
        self._evidence = Evidence()
        self._tallies: dict[str, dict[str, Tally]] = {}
        self._recent: dict[str, deque[LessonKey]] = {}

    def learn(self, outcomes: Iterable[Outcome]) -> None:
        """Teach the model the outcomes that are evidence."""
        for outcome in outcomes:
            if not self._evidence.admits(outcome):
                continue
            answer = self._answer(outcome)
            self.model.update(answer)
            self.log.append(answer)
            self.of_learner.setdefault(outcome.learner, []).append(answer)
            self._recent.setdefault(outcome.learner, deque(maxlen=RECENT)).append(outcome.lesson)
            tallies = self._tallies.setdefault(outcome.learner, {})
            for skill in answer.practised:
                tallies[skill] = tallies.get(skill, Tally()).after(answer)

    def know(self, learner: str, catalogue: Catalogue, *, at: float) -> Knowledge:
        """Return what is known of a learner; ``at`` is now, in seconds since 1970."""
        model = Once(self.model)
        return Knowledge(
            skills={
                skill: typical(model, learner, skill, items=items, at=at) for skill, items in catalogue.skills.items()
            },
            exercises={skill: len(items) for skill, items in catalogue.skills.items()},
            tallies=dict(self._tallies.get(learner, {})),
            expected={
                key: sum(model.again(learner, item, skills, at) for item, skills in items) / len(items)
                for key, items in catalogue.lessons.items()
            },
            recent=tuple(self._recent.get(learner, ())),
            answers=len(self.of_learner.get(learner, ())),
        )

    def _answer(self, outcome: Outcome) -> Answer:
        lesson = self._lessons.get(outcome.lesson)
        item = f"{outcome.lesson}#{outcome.exercise}"
        return Answer(
            outcome.learner,
            item,
            lesson.skills_of(outcome.exercise) if lesson else (item,),
            outcome.at,
            share=outcome.share,
            hints=outcome.hints,
            tests=outcome.tests,
        )
