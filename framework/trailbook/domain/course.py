"""A course, its modules and its lessons: what `course.yaml` says, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trailbook.domain.errors import NotFound

DEFAULT_PASS_SHARE = 0.8
DEFAULT_MINUTES = 10


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
    """

    key: LessonKey
    title: str
    minutes: int = DEFAULT_MINUTES
    teaches: tuple[str, ...] = ()
    requires: tuple[LessonKey, ...] = ()
    pass_share: float = DEFAULT_PASS_SHARE


@dataclass(frozen=True)
class Module:
    """An nbgrader assignment: lessons that belong together."""

    name: str
    title: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class GradingLimits:
    """What one grading may use: wall-clock seconds a cell and in all, memory in MiB, processes, output bytes."""

    cell_timeout_seconds: float = 30.0
    total_timeout_seconds: float = 120.0
    memory_mib: int = 1024
    processes: int = 64
    max_output_bytes: int = 1_000_000


@dataclass(frozen=True)
class Course:
    """A course as its manifest describes it."""

    name: str
    title: str
    description: str
    language: str
    modules: tuple[Module, ...]
    grading: GradingLimits = GradingLimits()

    def lessons(self) -> Iterator[Lesson]:
        """Yield every lesson in the order of the manifest."""
        for module in self.modules:
            yield from module.lessons

    def find_lesson(self, key: LessonKey) -> Lesson | None:
        """Return the lesson with this key, or None."""
        return next((lesson for lesson in self.lessons() if lesson.key == key), None)

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
