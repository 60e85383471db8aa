"""A course whose lessons open by skills, and what happens to its learners."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from support.courses import MODULE, NOW, TRAP, attempt, course, key, version
from support.notebooks import answer, check, notebook, written
from trailbook.adapters.memory import MemoryStorage
from trailbook.domain.course import Course, ExerciseRules, Lesson, LessonKey, MasteryRules
from trailbook.domain.mastery.knowledge import Knowledge
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.answer_history import GRADE, HINT_SHOWN, MANUAL_GRADE
from trailbook.services.learner_models import LearnerModels
from trailbook.services.ports import Event, JobStatus, Storage, UnitOfWork

EXERCISES = ("a", "b", "c", "d")
NOTEBOOK = notebook(
    *(cell for name in EXERCISES for cell in (answer(name), check(f"{name}-test", points=4))), written("w", points=2)
)


def skilled(*, model: str = "counts") -> Course:
    """Return a course of three lessons, each after the one before, with a skill each."""
    lessons = (
        Lesson(key("one"), "One", 20, teaches=("filtering",)),
        Lesson(
            key("two"), "Two", 20, ("joining",), (key("one"),), exercises={"b": ExerciseRules(skills=("filtering",))}
        ),
        Lesson(key("three"), "Three", 20, ("plotting",), (key("two"),)),
    )
    made = course(*lessons)
    return replace(made, mastery=MasteryRules(model), skills={"filtering": "Filtering rows"})


@dataclass
class School:
    """The course in a database, with a clock."""

    storage: Storage = field(default_factory=MemoryStorage)
    course: Course = field(default_factory=skilled)
    now: datetime = NOW
    sent: int = 0

    def __post_init__(self) -> None:
        with self.storage() as work:
            work.courses.put(self.course)
            for name in ("one", "two", "three"):
                work.versions.add(version(name, NOTEBOOK))

    def answered(self, work: UnitOfWork, exercise: str, share: float, *, name: str = "one", who: str = TRAP) -> str:
        """Store a graded answer and return its id; each is another text, a minute after what was before."""
        self.sent += 1
        self.now += timedelta(minutes=1)
        sent = attempt(
            f"id-{self.sent}", learner=who, name=name, exercise=exercise, answers={exercise: f"x = {self.sent}"}
        )
        work.attempts.add(sent)
        self.graded(work, sent.id, share)
        return sent.id

    def graded(self, work: UnitOfWork, attempt_id: str, share: float) -> None:
        """Store another result of an answer."""
        sent = work.attempts.find(attempt_id)
        assert sent is not None
        result = GradingResult(Verdict.GRADED, (TestResult(f"{sent.exercise}-test", 4 * share, 4.0),))
        work.attempts.finish(attempt_id, JobStatus.DONE, result, now=self.now)

    def judged(self, work: UnitOfWork, exercise: str, share: float | None, *, who: str = TRAP) -> None:
        """Let a person grade an exercise: ``w`` as a person does, others in the tests' place."""
        self.now += timedelta(minutes=1)
        said = {"share": share} if exercise == "w" else {"overrides": {f"{exercise}-test": 4 * (share or 0.0)}}
        work.events.append(Event(MANUAL_GRADE, self.now, "course", who, key("one"), exercise, data={GRADE: said}))

    def hinted(self, work: UnitOfWork, exercise: str, *, who: str = TRAP) -> None:
        """Let a learner look at a hint."""
        self.now += timedelta(minutes=1)
        work.events.append(Event(HINT_SHOWN, self.now, "course", who, key("one"), exercise, trusted=False))

    def known(self, work: UnitOfWork, who: str = TRAP, *, models: LearnerModels | None = None) -> Knowledge:
        """Return what is known of a learner, by the live model or another."""
        released = work.versions.latest_of_course("course")
        return (models or work.learner_models).know(work, self.course, who, released=released, now=self.now)


def item(exercise: str, name: str = "one") -> str:
    """Return what models call an exercise."""
    return f"{LessonKey(MODULE, name)}#{exercise}"
