"""nbgrader course folders to grade: nbgrader's own documentation, and our templates, with many submissions each."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.domain.notebook import grade_cells
from trailbook.domain.rebuild import rebuild
from trailbook.resources import resource
from trailbook.services.folder_course import read_course

WRONG_SHARE = 0.3  # of the answers: batches are not all right
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "bench"\n'


@dataclass(frozen=True)
class Batch:
    """A course folder with submissions.

    Attributes
    ----------
    module
        The assignment that was handed in.
    notebooks
        Notebooks each learner handed in.
    """

    name: str
    folder: Path
    module: str
    learners: int
    notebooks: int


def docs_course(folder: Path, *, learners: int) -> Batch:
    """Write nbgrader's documentation's course, with the documentation's two submissions handed in again and again."""
    spec = importlib.util.find_spec("nbgrader")
    assert spec is not None
    assert spec.origin is not None
    docs = Path(spec.origin).parent / "docs" / "source" / "user_guide"
    shutil.copytree(docs / "source" / "ps1", folder / "source" / "ps1")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    for number in range(learners):
        model = ("bitdiddle", "hacker")[number % 2]
        shutil.copytree(docs / "submitted" / model / "ps1", folder / "submitted" / _learner(number) / "ps1")
    return Batch("nbgrader's documentation", folder, "ps1", learners, 2)


def template_course(folder: Path, *, learners: int, template: str = "first-course") -> Batch:
    """Write one of our templates as a course, with submissions that answer it, most of them rightly."""
    shutil.copytree(resource("course_templates") / template, folder)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    course_files = CourseFilesFolder(folder)
    module = read_course(course_files).modules[0]
    chance = random.Random(7)  # the same submissions each time
    sources = {}
    for lesson in module.lessons:
        notebook = course_files.read_lesson(lesson.key).notebook
        assert notebook is not None
        sources[lesson.key.name] = notebook
    stripper = NbgraderStripper(folder)
    released = {name: stripper.strip(source) for name, source in sources.items()}
    for number in range(learners):
        for name, source in sources.items():
            answers = _answers(source, released[name], is_right=lambda: chance.random() >= WRONG_SHARE)
            path = folder / "submitted" / _learner(number) / module.name / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(rebuild(released[name], answers)))
    return Batch(f"our template {template}", folder, module.name, learners, len(sources))


def first_learners(batch: Batch, folder: Path, *, learners: int) -> Batch:
    """Copy a course with the submissions of its first learners only."""
    shutil.copytree(
        batch.folder, folder, ignore=shutil.ignore_patterns("submitted", "autograded", "gradebook*.db", ".trailbook")
    )
    for number in range(learners):
        shutil.copytree(batch.folder / "submitted" / _learner(number), folder / "submitted" / _learner(number))
    return Batch(batch.name, folder, batch.module, learners, batch.notebooks)


def _answers(source: Mapping[str, Any], released: Mapping[str, Any], *, is_right: Callable[[], bool]) -> dict[str, str]:
    blank = {cell.grade_id: cell.source for cell in grade_cells(released)}
    solved = {cell.grade_id: cell.source for cell in grade_cells(source) if cell.solution}
    return {grade_id: text if is_right() else blank[grade_id] for grade_id, text in solved.items()}


def _learner(number: int) -> str:
    return f"learner-{number:03}"
