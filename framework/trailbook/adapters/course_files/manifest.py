"""`course.yaml` as a course, or everything that is wrong with it, each with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from trailbook.adapters.course_files.marked_yaml import MarkedYaml, read_yaml
from trailbook.domain.course import (
    DEFAULT_MINUTES,
    DEFAULT_PASS_SHARE,
    Course,
    ExerciseRules,
    GradingLimits,
    GradingRules,
    HiddenVerdicts,
    InProcess,
    Lesson,
    LessonKey,
    MasteryRules,
    Module,
)
from trailbook.domain.course_rules import MANIFEST, course_problems
from trailbook.domain.names import nearest_of, normalise_name
from trailbook.domain.problem import Problem


@dataclass(frozen=True)
class Manifest:
    """What `course.yaml` says; no course where there are errors. ``lines`` tells where each lesson stands."""

    course: Course | None
    problems: tuple[Problem, ...]
    lines: Mapping[LessonKey, int] = field(default_factory=dict)


@cache
def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema of `course.yaml`."""
    text = files(__package__).joinpath("course.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def read_manifest(text: str) -> Manifest:
    """Return the course the text describes, or every problem of it."""
    marked = read_yaml(text)
    problems = [Problem("no_yaml", message, MANIFEST, line=line) for line, message in marked.faults]
    if not problems:
        problems = list(_schema_problems(marked))
    if problems:
        return Manifest(None, tuple(sorted(problems, key=lambda problem: problem.line or 0)))
    course, lines = _build_course(marked)
    broken = course_problems(course, lines)
    is_usable = all(problem.warning for problem in broken)
    return Manifest(course if is_usable else None, tuple(broken), lines)


def _schema_problems(marked: MarkedYaml) -> Iterator[Problem]:
    for error in Draft202012Validator(manifest_schema()).iter_errors(marked.value):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = error.schema["properties"]
            for key in sorted(set(error.instance) - set(known)):
                message = f"{_place(path)}unknown key {key}.{nearest_of(key, known) or _list_of(known)}"
                yield Problem("unknown_key", message, MANIFEST, line=marked.line_of((*path, key)))
        else:
            yield Problem("bad_value", _place(path) + _sentence(error), MANIFEST, line=marked.line_of(path))


def _sentence(error: ValidationError) -> str:
    """Return what is wrong with a value, and what it means when it is right."""
    wanted: Any = error.validator_value
    given: Any = error.instance
    meaning = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
    if error.validator == "required":
        missing = [key for key in wanted if key not in given]
        return f"the key {' and '.join(missing)} is missing."
    if error.validator == "type":
        return f"{error.instance!r} should be {_type_name(wanted)}. {meaning}".strip()
    if error.validator == "pattern":
        return f"{error.instance!r} does not fit {wanted}. {meaning}".strip()
    return f"{error.message[:1].lower()}{error.message[1:]}. {meaning}".strip()


def _type_name(name: str) -> str:
    return {
        "object": "keys with values",
        "array": "a list",
        "string": "text (put it in quotes)",
        "number": "a number",
        "integer": "a whole number",
    }.get(name, name)


def _place(path: tuple[str | int, ...]) -> str:
    """Return where a value is, for a person: ``modules[0].lessons[2].pass: ``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return f"{text}: " if text else ""


def _list_of(known: Mapping[str, Any]) -> str:
    return f" Known here: {', '.join(known)}."


def _build_course(marked: MarkedYaml) -> tuple[Course, dict[LessonKey, int]]:
    value: Mapping[str, Any] = marked.value
    lines: dict[LessonKey, int] = {}
    modules = []
    for place, module in enumerate(value["modules"]):
        name = normalise_name(module["name"])
        lessons = tuple(_build_lesson(lesson, name) for lesson in module["lessons"])
        for position, lesson in enumerate(lessons):
            lines.setdefault(lesson.key, marked.line_of(("modules", place, "lessons", position)) or 1)
        modules.append(Module(name, module.get("title", name), lessons, _due(module)))
    course = Course(
        name=value["name"],
        title=value.get("title", value["name"]),
        description=value.get("description", ""),
        language=value.get("language", "en"),
        modules=tuple(modules),
        grading=GradingLimits(**_of_class(GradingLimits, value.get("grading", {}))),
        rules=_build_rules(value.get("grading", {})),
        mastery=MasteryRules(**_of_class(MasteryRules, value["mastery"])) if "mastery" in value else None,
        skills=value.get("skills", {}),
        groups={name: tuple(learners) for name, learners in value.get("groups", {}).items()},
    )
    return course, lines


def _build_rules(grading: Mapping[str, Any]) -> GradingRules:
    own = _of_class(GradingRules, grading)
    if "in_process" in own:
        own["in_process"] = InProcess(own["in_process"])
    if "hidden_verdicts" in own:
        own["hidden_verdicts"] = HiddenVerdicts(own["hidden_verdicts"])
    return GradingRules(**own)


def _of_class(kind: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that are fields of a class, lists as tuples."""
    names = {each.name for each in fields(kind)}
    return {key: tuple(item) if isinstance(item, list) else item for key, item in value.items() if key in names}


def _due(module: Mapping[str, Any]) -> datetime | None:
    text = module.get("due")
    return datetime.fromisoformat(text) if text else None


def _build_lesson(lesson: Mapping[str, Any], module: str) -> Lesson:
    name = normalise_name(lesson["name"])
    return Lesson(
        key=LessonKey(module, name),
        title=lesson.get("title", name),
        minutes=int(lesson.get("minutes", DEFAULT_MINUTES)),
        teaches=tuple(dict.fromkeys(lesson.get("teaches", ()))),  # named twice a skill is still one
        requires=tuple(_requirement(text, module) for text in lesson.get("requires", ())),
        pass_share=float(lesson.get("pass", DEFAULT_PASS_SHARE)),
        exercises={name: _build_exercise(rules) for name, rules in lesson.get("exercises", {}).items()},
    )


def _build_exercise(rules: Mapping[str, Any]) -> ExerciseRules:
    own = _of_class(ExerciseRules, rules)
    if "skills" in own:
        own["skills"] = tuple(dict.fromkeys(own["skills"]))
    return ExerciseRules(**own)


def _requirement(text: str, module: str) -> LessonKey:
    """Return the lesson a requirement names: of the same module unless it says ``module/lesson``."""
    text = normalise_name(text)
    return LessonKey.parse(text) if "/" in text else LessonKey(module, text)
