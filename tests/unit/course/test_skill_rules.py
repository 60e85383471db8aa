from __future__ import annotations

import pytest

from trailbook.adapters.course_files.manifest import Manifest, read_manifest
from trailbook.domain.course import Course, ExerciseRules, LessonKey, MasteryRules

COURSE = """\
name: c
{head}
modules:
  - name: m
    lessons:
      - name: a
        teaches: [filtering, filtering, joining]
        exercises:
          one: {rules}
"""
SOUND = "skills: {filtering: Filtering rows}"


def read(head: str = SOUND, rules: str = "{skills: [joining]}") -> Manifest:
    return read_manifest(COURSE.format(head=head, rules=rules))


def sound(head: str = SOUND, rules: str = "{skills: [joining]}") -> Course:
    manifest = read(head, rules)
    assert manifest.course is not None, manifest.problems
    return manifest.course


def found(head: str = SOUND, rules: str = "{skills: [joining]}") -> list[tuple[str, str, bool]]:
    return [(problem.code, problem.message, problem.warning) for problem in read(head, rules).problems]


def test_skills_of_an_exercise_are_its_own_then_the_lessons_then_itself() -> None:
    lesson = sound().get_lesson(LessonKey("m", "a"))
    assert lesson.teaches == ("filtering", "joining")
    assert [lesson.skills_of(each) for each in ("one", "two")] == [("joining",), ("filtering", "joining")]
    bare = sound("mastery: {}", "{minutes: 2}").get_lesson(LessonKey("m", "a"))
    assert bare.exercises["one"] == ExerciseRules(minutes=2)


def test_course_without_mastery_goes_by_points() -> None:
    assert sound().mastery is None


@pytest.mark.parametrize(
    ("mastery", "expected"),
    [
        ("{}", MasteryRules("counts", 0.7, (0.6, 0.85))),
        ("{model: bkt, threshold: 0.95, zone: [0.5, 0.9]}", MasteryRules("bkt", 0.95, (0.5, 0.9))),
    ],
)
def test_mastery_has_defaults_for_what_it_does_not_say(mastery: str, expected: MasteryRules) -> None:
    assert sound(f"mastery: {mastery}").mastery == expected


def test_title_of_a_skill_is_its_own_then_its_name() -> None:
    course = sound()
    assert [course.title_of(each) for each in ("filtering", "joining", "m/a#two")] == ["Filtering rows", "joining", "a"]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("mastery: {model: oracle}", "bad_value"),
        ("mastery: {threshold: 0.3}", "bad_value"),
        ("mastery: {treshold: 0.7}", "unknown_key"),
        ("mastery: {zone: [0.9, 0.6]}", "bad_zone"),
        ("skills: {filtring: Filtering}", "unknown_skill"),
    ],
)
def test_what_cannot_be_meant_is_refused(head: str, code: str) -> None:
    assert [(each[0], each[2]) for each in found(head)] == [(code, False)]
    assert read(head).course is None


def test_untaught_skill_is_named_with_the_nearest_and_only_warned_of() -> None:
    expected = (
        "The exercise one of m/a practises joinin, which no lesson teaches, so nobody can be sent to learn it. "
        "Add it to teaches of the lesson that does. Did you mean joining?"
    )
    assert found(rules="{skills: [joinin]}") == [("untaught_skill", expected, True)]
    assert sound(rules="{skills: [joinin]}").name == "c"


def test_exercise_cannot_be_a_variant_of_itself() -> None:
    assert [each[0] for each in found(rules="{variant_of: one}")] == ["variant_of_itself"]
    assert found(rules="{variant_of: two}") == []
