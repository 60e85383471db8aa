from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from trailbook.adapters.course_files.manifest import manifest_schema, read_manifest
from trailbook.domain.course import Course, GradingLimits, Lesson, LessonKey, Module

FULL = """\
name: first-course
title: Übung
description: >-
  One
  paragraph
language: de
grading: {cell_timeout_seconds: 2.5, memory_mib: 256}
modules:
  - name: one
    title: One
    lessons:
      - {name: 01-names, title: Name a value, minutes: 6, teaches: [variables], pass: 0.5}
  - name: two
    lessons:
      - name: lists
        requires: [one/01-names]
      - name: loops
        requires: [lists]
"""


def problems(text: str) -> list[tuple[str, int | None]]:
    manifest = read_manifest(text)
    assert (manifest.course is None) == bool(manifest.problems)
    return [(problem.code, problem.line) for problem in manifest.problems]


def messages(text: str) -> list[str]:
    return [problem.message for problem in read_manifest(text).problems]


def test_manifest_says_the_course_and_where_each_lesson_stands() -> None:
    manifest = read_manifest(FULL)
    names, lists, loops = LessonKey("one", "01-names"), LessonKey("two", "lists"), LessonKey("two", "loops")
    assert manifest.course == Course(
        name="first-course",
        title="Übung",
        description="One paragraph",
        language="de",
        modules=(
            Module("one", "One", (Lesson(names, "Name a value", 6, ("variables",), (), 0.5),)),
            Module(
                "two", "two", (Lesson(lists, "lists", requires=(names,)), Lesson(loops, "loops", requires=(lists,)))
            ),
        ),
        grading=GradingLimits(cell_timeout_seconds=2.5, memory_mib=256),
    )
    assert manifest.lines == {names: 12, lists: 15, loops: 17}


def test_schema_is_a_schema_that_explains_every_key() -> None:
    schema = manifest_schema()
    Draft202012Validator.check_schema(schema)

    def undescribed(node: dict[str, object]) -> list[str]:
        found: list[str] = []
        for name, value in dict(node.get("properties", {})).items():  # type: ignore[call-overload]
            found += [name] if "description" not in value else []
            found += undescribed(value) + undescribed(value.get("items", {}))
        return found

    assert undescribed(schema) == []


@pytest.mark.parametrize(
    ("old", "new", "expected", "line"),
    [
        ("title: Übung", "titel: Übung", "unknown key titel. Did you mean title?", 2),
        ("minutes: 6", "minuts: 6", "modules[0].lessons[0]: unknown key minuts. Did you mean minutes?", 12),
        ("memory_mib", "mem", "grading: unknown key mem. Known here: cell_timeout_seconds,", 7),
        ("pass: 0.5", "pass: 1.5", "modules[0].lessons[0].pass: 1.5 is greater than the maximum of 1.", 12),
        ("pass: 0.5", "pass: 0", "modules[0].lessons[0].pass: 0 is less than or equal to", 12),
        ("minutes: 6", "minutes: ten", "modules[0].lessons[0].minutes: 'ten' should be a whole number.", 12),
        ("name: first-course", "name: First Course", "name: 'First Course' does not fit", 1),
        ("name: first-course", "title2: x", "the key name is missing.", 1),
        ("  - name: two\n", "  -\n", "modules[1]: the key name is missing.", 14),
        ("requires: [lists]", "requires: lists", "modules[1].lessons[1].requires: 'lists' should be a list.", 18),
        ("requires: [lists]", "requires: [two/list]", "two/loops requires two/list, which is no lesson here.", 17),
        ("title: One", "title: One\n    title: Two", "The key title is there twice. Remove one.", 11),
        ("title: One", "title: *alias", "Write the value itself instead of an alias (*).", 10),
        ("title: One", "title: [", "This is no YAML:", 12),
    ],
)  # fmt: skip
def test_mistake_names_its_line_and_what_to_write(old: str, new: str, expected: str, line: int) -> None:
    text = FULL.replace(old, new, 1)
    assert text != FULL
    found = read_manifest(text).problems
    assert [problem.message[: len(expected)] for problem in found if problem.message.startswith(expected)] == [expected]
    assert line in [problem.line for problem in found]
    assert {problem.file for problem in found} == {"course.yaml"}


def test_every_mistake_is_told_at_once_in_order() -> None:
    text = FULL.replace("title: Übung", "titel: x").replace("pass: 0.5", "pass: 7").replace("[lists]", "7")
    assert problems(text) == [("unknown_key", 2), ("bad_value", 12), ("bad_value", 18)]


@pytest.mark.parametrize("text", ["", "[]", "7", "name: x", "{" * 5000, "a: !!python/object:os.system x"])
def test_text_that_is_no_manifest_is_a_problem(text: str) -> None:
    assert problems(text)


def test_names_are_the_same_from_any_file_system() -> None:
    course = read_manifest(FULL.replace("01-names", "u\u0308bung")).course
    assert course is not None
    assert course.modules[0].lessons[0].key.name == "\u00fcbung"
    assert course.modules[1].lessons[0].requires == (LessonKey("one", "\u00fcbung"),)
