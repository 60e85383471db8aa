"""Lessons opened by skills: what the required lessons teach must be held, on a typical exercise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.mastery.knowledge import Knowledge
from trailbook.domain.path import Requirement, Status
from trailbook.domain.progress import LessonProgress
from trailbook.domain.skill_words import joined, solved, tenths
from trailbook.domain.unlocking import POINTS_REACHED, Progress, points_of

DONE = (Status.MASTERED, Status.DUE)
JUST_BELOW = 0.01
NOT_BEGUN = LessonProgress(LessonKey("", ""))


@dataclass(frozen=True)
class SkillsHeld:
    """An unlock policy and judge. A lesson that teaches no skill that exercises give evidence of counts by points.

    Whoever solved everything in a lesson is done with it, whatever is believed: there is nothing left to practise. And
    what was open or mastered once stays so: neither time nor other learners' answers take it away.

    Attributes
    ----------
    threshold
        Predicted share correct on a typical exercise of a skill from which it is held.
    before
        What was decided on each lesson the last time.
    reset
        Lessons that staff reset: they count by the points reached since.
    """

    course: Course
    knowledge: Knowledge
    threshold: float
    before: Mapping[LessonKey, Status] = field(default_factory=dict)
    reset: Collection[LessonKey] = ()
    _known: dict[LessonKey, tuple[Progress, Requirement]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def requirements(self, course: Course, lesson: Lesson, progress: Progress) -> tuple[Requirement, ...]:
        """Return one requirement for each lesson of ``requires``, in the author's order."""
        return tuple(self._requirement_of(course, key, progress) for key in lesson.requires)

    def mastered(self, lesson: Lesson, mine: LessonProgress) -> str:
        """Return why a lesson that was begun is mastered, "" when it is not."""
        skills = self._measured(lesson)
        if not skills:
            return POINTS_REACHED.mastered(lesson, mine)
        if self._held(skills):
            return f"{solved(self.course, self.knowledge, skills)} You would get {self._about(skills)} right."
        if mine.share >= 1 - 1e-9:
            return "You solved everything in it."
        return "You mastered it before." if self.before.get(lesson.key) in DONE else ""

    def stays_open(self, lesson: Lesson) -> str:
        """Return why a lesson opens whatever its requirements say, "" when they decide."""
        is_open = self.before.get(lesson.key, Status.LOCKED) is not Status.LOCKED
        return "It opened for you before, and it stays open." if is_open else ""

    def _requirement_of(self, course: Course, key: LessonKey, progress: Progress) -> Requirement:
        """Return what a lesson asks of those that require it, the same for each of them."""
        known = self._known.get(key)
        if known is None or known[0] is not progress:
            known = self._known[key] = (progress, self._requirement(course.get_lesson(key), progress))
        return known[1]

    def _requirement(self, required: Lesson, progress: Progress) -> Requirement:
        skills = self._measured(required)
        if not skills:
            return points_of(required, progress)
        reached = min(self.knowledge.skills[skill].probability for skill in skills)
        title, needed = required.title, self.threshold
        if self._held(skills):
            fulfilled = solved(self.course, self.knowledge, skills).removesuffix(".")
            fulfilled = f"{fulfilled[:1].lower()}{fulfilled[1:]}"
            return Requirement(required.key, title, needed, max(reached, needed), fulfilled=fulfilled)
        mine = progress.get(required.key, NOT_BEGUN)
        if mine.counts and mine.share >= 1 - 1e-9:
            return Requirement(required.key, title, needed, needed, fulfilled=f"you solved everything in {title}")
        if mine.started and self.before.get(required.key) in DONE:
            return Requirement(required.key, title, needed, needed, fulfilled=f"you mastered {title} before")
        below = min(reached, needed - JUST_BELOW)
        return Requirement(required.key, title, needed, below, condition=self._condition(required, skills))

    def _condition(self, required: Lesson, skills: tuple[str, ...]) -> str:
        missing = [skill for skill in skills if skill not in self._all_held]
        low = [skill for skill in missing if self.knowledge.skills[skill].probability < self.threshold]
        named = [self.course.title_of(skill) for skill in low or missing]
        if not low:
            return f"your next answers on {joined(named)} in {required.title} are right"
        least = min(self.knowledge.skills[skill].probability for skill in low)
        now = f"now about {tenths(least)}" if any(skill in self.knowledge.tallies for skill in low) else "not tried yet"
        return (
            f"you can solve about {tenths(self.threshold)} exercises on {joined(named)} from {required.title} ({now})"
        )

    def _measured(self, lesson: Lesson) -> tuple[str, ...]:
        """Return the skills a lesson teaches that there is evidence of to be had."""
        if lesson.key in self.reset:
            return ()
        return tuple(skill for skill in lesson.teaches if skill in self.knowledge.skills)

    def _held(self, skills: tuple[str, ...]) -> bool:
        return self._all_held.issuperset(skills)

    @cached_property
    def _all_held(self) -> frozenset[str]:
        return frozenset(skill for skill in self.knowledge.skills if self.knowledge.holds(skill, self.threshold))

    def _about(self, skills: tuple[str, ...]) -> str:
        least = min(self.knowledge.skills[skill].probability for skill in skills)
        return f"about {tenths(least)} exercises like these"
