from __future__ import annotations

import pytest

from trailbook.domain.course import Course, Lesson, LessonKey, Module
from trailbook.domain.course_rules import course_problems, folder_problems


def course(**requires: list[str]) -> Course:
    """Return a course with one module and these lessons, each with what it requires."""
    lessons = tuple(
        Lesson(LessonKey("m", name), name, requires=tuple(LessonKey("m", each) for each in needed))
        for name, needed in requires.items()
    )
    return Course("c", "C", "", "en", (Module("m", "M", lessons),))


def found(value: Course) -> list[tuple[str, int | None]]:
    lines = {lesson.key: 10 + place for place, lesson in enumerate(value.lessons())}
    return [(problem.code, problem.line) for problem in course_problems(value, lines)]


def test_sound_course_has_no_problems() -> None:
    assert found(course(a=[], b=["a"], c=["a"], d=["b", "c"])) == []


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ({"a": ["b"]}, [("unknown_requirement", 10)]),
        ({"a": ["a"]}, [("requires_itself", 10)]),
        ({"a": ["c"], "b": ["a"], "c": ["b"]}, [("cycle", 10)]),
        ({"a": ["b"], "b": ["a"], "c": ["b"], "d": []}, [("cycle", 10), ("unreachable", 12)]),
        ({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}, [("cycle", 10), ("cycle", 12)]),
        ({"a": [], "b": ["a", "a"]}, [("repeated_requirement", 11)]),
    ],
)
def test_broken_prerequisites_are_found_on_their_line(
    requires: dict[str, list[str]], expected: list[tuple[str, int]]
) -> None:
    assert found(course(**requires)) == expected


def test_cycle_names_the_whole_way() -> None:
    (problem,) = course_problems(course(a=["c"], b=["a"], c=["b"]))
    assert "m/a → m/c → m/b → m/a" in problem.message


def test_unknown_requirement_names_the_nearest_lesson() -> None:
    (problem,) = course_problems(course(loops=[], lists=["lops"]))
    assert problem.message == "m/lists requires m/lops, which is no lesson here. Did you mean m/loops?"


def test_repeated_and_unusable_names_are_found() -> None:
    lessons = (
        Lesson(LessonKey("a+b", "x"), "x"),
        Lesson(LessonKey("a+b", "x"), "x"),
        Lesson(LessonKey("a+b", ".h"), "h"),
    )
    value = Course("c", "C", "", "en", (Module("a+b", "M", lessons), Module("e", "E", ()), Module("e", "E", ())))
    codes = [code for code, _ in found(value)]
    assert codes == ["bad_name", "empty_module", "empty_module", "bad_name", "repeated_module", "repeated_lesson"]


def test_lessons_only_in_manifest_or_folder_are_warnings() -> None:
    value = course(loops=[], lists=[])
    in_folder = [LessonKey("m", "lists"), LessonKey("m", "lops")]
    problems = folder_problems(value, in_folder, {LessonKey("m", "loops"): 7})
    assert [(p.code, p.file, p.line, p.warning) for p in problems] == [
        ("no_notebook_for_lesson", "course.yaml", 7, True),
        ("not_in_manifest", "source/m/lops.ipynb", None, True),
    ]
    assert "Did you mean m/lops?" in problems[0].message
