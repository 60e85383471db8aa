"""What must hold in a course as a whole: names, prerequisites without cycles, lessons that can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.names import find_name_fault, nearest_of
from trailbook.domain.problem import Problem
from trailbook.domain.skill_rules import SKILL_WARNINGS, skill_faults

MANIFEST = "course.yaml"


def course_problems(course: Course, lines: Mapping[LessonKey, int] | None = None) -> list[Problem]:
    """Return every broken rule of the course.

    Parameters
    ----------
    lines
        Line of the manifest each lesson stands on, where known.
    """
    found = [*_names(course), *_repeated(course), *_requirements(course), *_cycles(course), *skill_faults(course)]
    places = lines or {}
    return [
        Problem(
            code, message, MANIFEST, line=places.get(lesson.key) if lesson else None, warning=code in SKILL_WARNINGS
        )
        for code, message, lesson in found
    ]


def folder_problems(course: Course, in_folder: Iterable[LessonKey], lines: Mapping[LessonKey, int]) -> list[Problem]:
    """Return a warning for each lesson that is only in the manifest or only in `source/`."""
    named = {lesson.key for lesson in course.lessons()}
    present = list(in_folder)
    missing = [key for key in named if key not in present]
    candidates = [str(key) for key in present if key not in named]
    return [
        Problem(
            "no_notebook_for_lesson",
            f"source/{key}.ipynb does not exist, so the lesson cannot be released." + nearest_of(str(key), candidates),
            MANIFEST,
            line=lines.get(key),
            warning=True,
        )
        for key in sorted(missing)
    ] + [
        Problem(
            "not_in_manifest",
            f"course.yaml does not name this notebook, so nobody sees it. Add it under the module {key.module}.",
            f"source/{key}.ipynb",
            warning=True,
        )
        for key in present
        if key not in named
    ]


Finding = tuple[str, str, Lesson | None]
"""Code, message and the lesson it is about."""


def _names(course: Course) -> Iterator[Finding]:
    for module in course.modules:
        fault = find_name_fault(module.name, kind="module")
        if fault:
            yield "bad_name", f"The module name {module.name!r} cannot be used. {fault}", None
        if not module.lessons:
            yield "empty_module", f"The module {module.name} has no lessons. Add one, or remove the module.", None
    for lesson in course.lessons():
        fault = find_name_fault(lesson.key.name, kind="lesson")
        if fault:
            yield "bad_name", f"The lesson name {lesson.key.name!r} cannot be used. {fault}", lesson


def _repeated(course: Course) -> Iterator[Finding]:
    modules = [module.name for module in course.modules]
    for name in sorted({name for name in modules if modules.count(name) > 1}):
        yield "repeated_module", f"The module {name} is there more than once. Give each its own name.", None
    seen: set[LessonKey] = set()
    for lesson in course.lessons():
        if lesson.key in seen:
            yield "repeated_lesson", f"The lesson {lesson.key} is there more than once. Remove one.", lesson
        seen.add(lesson.key)


def _requirements(course: Course) -> Iterator[Finding]:
    known = {lesson.key for lesson in course.lessons()}
    for lesson in course.lessons():
        for key in lesson.requires:
            if key == lesson.key:
                yield "requires_itself", f"{lesson.key} requires itself. Remove that.", lesson
            elif key not in known:
                near = nearest_of(str(key), map(str, sorted(known)))
                yield "unknown_requirement", f"{lesson.key} requires {key}, which is no lesson here.{near}", lesson
        if len(set(lesson.requires)) < len(lesson.requires):
            yield "repeated_requirement", f"{lesson.key} requires the same lesson twice. Remove one.", lesson


def _cycles(course: Course) -> Iterator[Finding]:
    """Yield each cycle of prerequisites once, and the lessons that can never open because of one."""
    by_key = {lesson.key: lesson for lesson in course.lessons()}
    opened: set[LessonKey] = set()
    waiting = dict(by_key)
    while waiting:
        ready = [key for key, lesson in waiting.items() if all(r in opened or r not in by_key for r in lesson.requires)]
        if not ready:
            break
        opened.update(ready)
        for key in ready:
            del waiting[key]
    told: set[LessonKey] = set()
    for key, lesson in waiting.items():
        cycle = _cycle_from(key, waiting)
        if key in cycle and len(cycle) > 1 and not told & set(cycle):
            told.update(cycle)
            way = " → ".join(map(str, [*cycle, cycle[0]]))
            yield (
                "cycle",
                f"These lessons wait for one another and can never open: {way}. Remove one requirement.",
                lesson,
            )
    for key, lesson in waiting.items():
        if key not in told and key not in lesson.requires:
            yield "unreachable", f"{key} can never open: it waits for lessons that wait for one another.", lesson


def _cycle_from(start: LessonKey, waiting: Mapping[LessonKey, Lesson]) -> list[LessonKey]:
    """Return the lessons of the cycle reached from the start by following the first requirement that waits too."""
    way: list[LessonKey] = []
    key = start
    while key not in way:
        way.append(key)
        key = next(r for r in waiting[key].requires if r in waiting)
    return way[way.index(key) :]
