"""A course, its modules and its lessons: what `course.yaml` says, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from trailbook.domain.errors import NotFound

DEFAULT_PASS_SHARE = 0.8
DEFAULT_MINUTES = 10
DEFAULT_MODEL = "counts"
DEFAULT_THRESHOLD = 0.7
DEFAULT_ZONE = (0.6, 0.85)


@dataclass(frozen=True, order=True)
class LessonKey:
    """Names one lesson of a course: the nbgrader assignment and the notebook without its suffix."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> LessonKey:
        """Return the key written as ``module/lesson``.

        >>> LessonKey.parse("ps1/problem1")
        LessonKey(module='ps1', name='problem1')
        """
        module, _, name = text.partition("/")
        return cls(module, name)


@dataclass(frozen=True)
class ExerciseRules:
    """What `course.yaml` says of one exercise; None means as the course has it.

    Attributes
    ----------
    packages
        Top-level packages an answer may import; the standard library's are named like any other.
    skills
        Skills the exercise gives evidence of, each once; None for those its lesson teaches.
    minutes
        The author's estimate for answering it, in minutes, > 0.
    variant_of
        The exercise of the same lesson that asks for the same in another form, by its id.
    """

    cell_timeout_seconds: float | None = None
    total_timeout_seconds: float | None = None
    memory_mib: int | None = None
    processes: int | None = None
    max_output_bytes: int | None = None
    packages: tuple[str, ...] | None = None
    skills: tuple[str, ...] | None = None
    minutes: float | None = None
    variant_of: str | None = None


@dataclass(frozen=True)
class Lesson:
    """One notebook of a module: the thing that unlocks.

    Attributes
    ----------
    minutes
        The author's estimate for a first reading, in minutes, ≥ 1.
    requires
        Lessons whose requirement must be met before this one opens.
    pass_share
        Share of this lesson's points, in (0, 1], that meets its requirement.
    exercises
        Rules of single exercises, by the exercise's id.
    """

    key: LessonKey
    title: str
    minutes: int = DEFAULT_MINUTES
    teaches: tuple[str, ...] = ()
    requires: tuple[LessonKey, ...] = ()
    pass_share: float = DEFAULT_PASS_SHARE
    exercises: Mapping[str, ExerciseRules] = field(default_factory=dict)

    def skills_of(self, exercise: str) -> tuple[str, ...]:
        """Return the skills an exercise gives evidence of: its own, else those the lesson teaches, else itself.

        >>> Lesson(LessonKey("ps1", "problem1"), "One").skills_of("sum")
        ('ps1/problem1#sum',)
        """
        rules = self.exercises.get(exercise)
        return (rules.skills if rules and rules.skills else self.teaches) or (self.item_of(exercise),)

    def item_of(self, exercise: str) -> str:
        """Return what learner models call an exercise: ``module/lesson#exercise``."""
        return f"{self.key}#{exercise}"


@dataclass(frozen=True)
class Module:
    """An nbgrader assignment: lessons that belong together; ``due`` is when handing in becomes late, None for never."""

    name: str
    title: str
    lessons: tuple[Lesson, ...]
    due: datetime | None = None


@dataclass(frozen=True)
class GradingLimits:
    """What one grading may use: wall-clock seconds a cell and in all, memory in MiB, processes, output bytes."""

    cell_timeout_seconds: float = 30.0
    total_timeout_seconds: float = 120.0
    memory_mib: int = 1024
    processes: int = 64
    max_output_bytes: int = 1_000_000

    def narrowed(self, rules: ExerciseRules) -> GradingLimits:
        """Return the limits with those of one exercise in their place."""
        own = {name: getattr(rules, name) for name in self.__dataclass_fields__ if getattr(rules, name) is not None}
        return replace(self, **own)


class InProcess(StrEnum):
    """Which test cells may run inside the learner's process, where they can be forged."""

    DECLARED = "declared"  # those the author declared, in the notebook or in `course.yaml`
    AUTOMATIC = "automatic"  # and those whose reference solution fails them otherwise
    FORBIDDEN = "forbidden"  # none


class HiddenVerdicts(StrEnum):
    """When learners see whether a hidden test passed."""

    NOW = "now"
    AFTER_DUE = "after_due"
    NEVER = "never"


@dataclass(frozen=True)
class GradingRules:
    """A course's policy on grading.

    Attributes
    ----------
    in_process_cells
        Declared test cells, each as ``module/lesson/grade_id``, beside those declared in the notebooks.
    packages
        Top-level packages an answer may import; None for all that are installed.
    data
        Folders, relative to the course folder, that every grading can read and none can change.
    attempts_per_minute
        Most answers of one learner in a minute, ≥ 1.
    cool_down_after, cool_down_seconds
        After so many failed attempts at one exercise without a pass between, ≥ 1, the next has to wait this long, in
        seconds, ≥ 0.
    """

    in_process: InProcess = InProcess.DECLARED
    in_process_cells: tuple[str, ...] = ()
    packages: tuple[str, ...] | None = None
    data: tuple[str, ...] = ()
    hidden_verdicts: HiddenVerdicts = HiddenVerdicts.NOW
    attempts_per_minute: int = 20
    cool_down_after: int = 10
    cool_down_seconds: float = 60.0


@dataclass(frozen=True)
class MasteryRules:
    """How a course believes that a learner holds a skill, and when that opens what comes next.

    Attributes
    ----------
    model
        Name of the learner model: see `mastery.models.MODELS`.
    threshold
        Predicted share correct on a typical exercise of a skill, in [0.5, 0.99], from which the skill is held.
    zone
        Predicted share correct, both in (0, 1), between which an exercise is neither too hard nor too easy.
    """

    model: str = DEFAULT_MODEL
    threshold: float = DEFAULT_THRESHOLD
    zone: tuple[float, float] = DEFAULT_ZONE


@dataclass(frozen=True)
class Course:
    """A course as its manifest describes it.

    Attributes
    ----------
    mastery
        How skills open lessons; None where points do.
    skills
        Titles of skills, by the skill; one without a title is called by its name.
    groups
        Names of the learners of each group, by the group's name; staff can decide for all of a group at once.
    """

    name: str
    title: str
    description: str
    language: str
    modules: tuple[Module, ...]
    grading: GradingLimits = GradingLimits()
    rules: GradingRules = GradingRules()
    mastery: MasteryRules | None = None
    skills: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def groups_of(self, learner: str) -> tuple[str, ...]:
        """Return the names of the groups a learner is in, in the order of names."""
        return tuple(sorted(name for name, learners in self.groups.items() if learner in learners))

    def title_of(self, skill: str) -> str:
        """Return what learners read for a skill; an exercise that stands for one is called by its lesson's title."""
        if skill in self.skills:
            return self.skills[skill]
        key, _, exercise = skill.partition("#")
        lesson = self.find_lesson(LessonKey.parse(key)) if exercise else None
        return lesson.title if lesson else skill

    def limits_of(self, key: LessonKey, exercise: str | None) -> GradingLimits:
        """Return what a grading of one exercise, or of a whole lesson (None), may use."""
        rules = self.rules_of(key, exercise)
        return self.grading.narrowed(rules) if rules else self.grading

    def rules_of(self, key: LessonKey, exercise: str | None) -> ExerciseRules | None:
        """Return what `course.yaml` says of an exercise, None when it says nothing."""
        lesson = self.find_lesson(key)
        return lesson.exercises.get(exercise) if lesson and exercise is not None else None

    def find_module(self, name: str) -> Module | None:
        """Return the module of this name, or None."""
        return next((module for module in self.modules if module.name == name), None)

    def lessons(self) -> Iterator[Lesson]:
        """Yield every lesson in the order of the manifest."""
        for module in self.modules:
            yield from module.lessons

    @cached_property
    def _by_key(self) -> Mapping[LessonKey, Lesson]:
        """Return the lessons by their keys; the first where one is there twice."""
        return {lesson.key: lesson for lesson in reversed(list(self.lessons()))}

    def find_lesson(self, key: LessonKey) -> Lesson | None:
        """Return the lesson with this key, or None."""
        return self._by_key.get(key)

    def get_lesson(self, key: LessonKey) -> Lesson:
        """Return the lesson with this key.

        Raises
        ------
        NotFound
            The course has no such lesson.
        """
        lesson = self.find_lesson(key)
        if lesson is None:
            raise NotFound(
                "unknown_lesson", f"The course {self.title} has no lesson {key}.", course=self.name, lesson=str(key)
            )
        return lesson
