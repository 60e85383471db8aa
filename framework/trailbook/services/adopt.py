"""Adopts an nbgrader course: writes its `course.yaml`; no notebook is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from trailbook.domain.course import DEFAULT_MINUTES, DEFAULT_PASS_SHARE, LessonKey
from trailbook.domain.course_rules import MANIFEST
from trailbook.domain.errors import Conflict, Invalid, NotFound
from trailbook.domain.names import COURSE_NAME, find_name_fault, hub_groups
from trailbook.domain.notebook import FENCE, cells_of, exercises_of, source_of
from trailbook.domain.problem import Problem
from trailbook.services.ports import CourseFolder, Notebook

WORDS_A_MINUTE = 200
MINUTES_AN_EXERCISE = 3
MAX_COURSE_NAME = 64

FIRST_HEADING = re.compile(r"\A\s*#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
TOP_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)


class AdoptableFolder(CourseFolder, Protocol):
    """A course folder whose manifest can be written."""

    @property
    def course_id(self) -> str:
        """Return nbgrader's own name for the course, "" where it has none."""

    def has_manifest(self) -> bool: ...
    def write_manifest(self, text: str) -> None: ...


@dataclass(frozen=True)
class Adoption:
    """What was adopted: the course's name, its lessons, the hub groups to make, and what was left out and why."""

    course: str
    title: str
    lessons: tuple[str, ...]
    groups: tuple[str, ...]
    problems: tuple[Problem, ...]


def adopt(folder: AdoptableFolder, *, name: str = "", title: str = "") -> Adoption:
    """Write `course.yaml` for an nbgrader course folder, with every notebook under `source/` as a lesson.

    Parameters
    ----------
    name
        The course's name; by default nbgrader's course id, else the folder's name.
    title
        The course's title; by default its name, readable.

    Raises
    ------
    Conflict
        ``already_adopted``: there is a `course.yaml`.
    NotFound
        ``no_notebooks``: there is no notebook under `source/`.
    Invalid
        ``bad_name``: the name cannot be a course's name.
    """
    if folder.has_manifest():
        message = "The folder has a course.yaml already. Edit it, or remove it to begin anew."
        raise Conflict("already_adopted", message, file=MANIFEST)
    keys = folder.source_lessons()
    if not keys:
        message = (
            "There is no notebook under source/MODULE/. Is this the course folder? It is the one with source/ in it."
        )
        raise NotFound("no_notebooks", message)
    name = name or course_name_from(folder.course_id or folder.path.rstrip("/").rpartition("/")[2])
    if not COURSE_NAME.fullmatch(name) or len(name) > MAX_COURSE_NAME:
        message = f"{name!r} cannot be a course's name: use a-z, 0-9 and hyphens. Give one with --name."
        raise Invalid("bad_name", message)
    usable, problems = _usable(keys)
    if not usable:
        raise NotFound(
            "no_notebooks",
            "No notebook has a name Trailbook can use. Rename them.",
            problems=[problem.as_plain() for problem in problems],
        )
    title = title or readable(name)
    lessons = [_Lesson.read(key, folder.read_lesson(key).notebook) for key in usable]
    folder.write_manifest(_manifest(name, title, lessons))
    return Adoption(name, title, tuple(map(str, usable)), hub_groups(name), tuple(problems))


def course_name_from(text: str) -> str:
    """Return a course name made of a text.

    >>> course_name_from("My Course (2026)")
    'my-course-2026'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_COURSE_NAME].strip("-")


def readable(name: str) -> str:
    """Return a name as a title.

    >>> readable("problem1"), readable("ps1"), readable("02_for-loops")
    ('Problem 1', 'PS 1', '02 for loops')
    """
    words = re.sub(r"(?<=[a-zA-Z])(?=\d)", " ", re.sub(r"[-_\s]+", " ", name)).split()
    if words and words[0].isalpha() and len(words[0]) <= 3 and len(words) == 2 and words[1].isdigit():
        words[0] = words[0].upper()
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _usable(keys: Sequence[LessonKey]) -> tuple[list[LessonKey], list[Problem]]:
    usable, problems = [], []
    for key in keys:
        fault = find_name_fault(key.module, kind="module") or find_name_fault(key.name, kind="lesson")
        if fault:
            message = f"{fault} Rename it, then add it to course.yaml."
            problems.append(Problem("bad_name", message, f"source/{key}.ipynb", warning=True))
        else:
            usable.append(key)
    return usable, problems


@dataclass(frozen=True)
class _Lesson:
    key: LessonKey
    title: str
    minutes: int

    @classmethod
    def read(cls, key: LessonKey, notebook: Notebook | None) -> _Lesson:
        if notebook is None:  # broken: `trailbook check` says how
            return cls(key, readable(key.name), DEFAULT_MINUTES)
        texts = [source_of(cell) for cell in cells_of(notebook) if cell.get("cell_type") == "markdown"]
        words = sum(len(text.split()) for text in texts)
        minutes = round(words / WORDS_A_MINUTE + MINUTES_AN_EXERCISE * len(exercises_of(notebook)))
        return cls(key, _title(texts) or readable(key.name), max(1, minutes))


def _title(texts: Sequence[str]) -> str:
    """Return the notebook's own title: a heading it begins with, else its first top heading."""
    texts = [FENCE.sub("", text) for text in texts]
    first = FIRST_HEADING.match(texts[0]) if texts else None
    found = first or next((match for text in texts if (match := TOP_HEADING.search(text))), None)
    return found.group(1)[:200] if found else ""


def _manifest(name: str, title: str, lessons: Iterable[_Lesson]) -> str:
    lines = [
        "# A Trailbook course. `trailbook check` says what is wrong with this file, and",
        "# `trailbook release` gives the lessons to the learners.",
        f"name: {name}",
        f"title: {_text(title)}",
        'description: ""',
        "grading:",
        "  # Tests run apart from learners' code. Those that cannot run so run in its process, where",
        "  # they can be forged; `trailbook check` says which. Better: declared, or forbidden.",
        "  in_process: automatic",
        "modules:",
    ]
    for module, members in groupby(lessons, key=lambda lesson: lesson.key.module):
        lines += [f"  - name: {_text(module)}", f"    title: {_text(readable(module))}", "    lessons:"]
        for lesson in members:
            lines += [
                f"      - name: {_text(lesson.key.name)}",
                f"        title: {_text(lesson.title)}",
                f"        minutes: {lesson.minutes}",
                f"        pass: {DEFAULT_PASS_SHARE}",
                "        requires: []  # names of lessons to pass before this one opens",
            ]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Return a text as YAML: JSON's quoting is YAML's too."""
    return json.dumps(value, ensure_ascii=False)
