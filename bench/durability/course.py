"""The course that is submitted to: one lesson, one exercise, and no limit to how often it can be answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from trailbook import wiring
from trailbook.config import load_settings
from trailbook.domain.course import LessonKey
from trailbook.domain.people import Identity, Role

NAME, KEY, EXERCISE = "durable", LessonKey("module", "halves"), "half"
MANIFEST = {
    "name": NAME,
    "title": "A durable course",
    "description": "One lesson.",
    "grading": {
        "cell_timeout_seconds": 20,
        "total_timeout_seconds": 40,
        "memory_mib": 256,
        "attempts_per_minute": 1_000,
        "cool_down_seconds": 0,
    },
    "modules": [{"name": KEY.module, "title": "Module", "lessons": [{"name": KEY.name, "title": "Halves"}]}],
}
SOLUTION = "def half(n):\n    return n / 2"
CELL_PATH = f"api/v1/courses/{NAME}/lessons/{KEY.module}/{KEY.name}"


def answer_of(number: int) -> str:
    """Return a right answer, different for each number, of the size answers have."""
    return f"{SOLUTION}\n\n\n" + f"# a remark on number {number}, to have the size that answers have\n" * 20


def learner(name: str) -> Identity:
    """Return a learner of the course."""
    return Identity(name, {NAME: frozenset({Role.LEARNER})})


def write_settings(folder: Path, **more: object) -> Path:
    """Write the course, release it into a database of its own, and return the path of the settings."""
    source = folder / "course" / "source" / KEY.module
    source.mkdir(parents=True)
    (source / f"{KEY.name}.ipynb").write_text(json.dumps(_notebook()))
    (folder / "course" / "course.yaml").write_text(yaml.safe_dump(MANIFEST))
    path = folder / "settings.yaml"
    path.write_text(yaml.safe_dump({"state_folder": "state", "courses": ["course"], **more}))
    (folder / "state").mkdir(mode=0o700)
    application = wiring.build(load_settings(path, {}))
    application.release(NAME, by="ida")
    application.stop()
    return path


def _notebook() -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [
        _code("answer", f"### BEGIN SOLUTION\n{SOLUTION}\n### END SOLUTION", grade_id=EXERCISE, solution=True),
        _code("tests", "assert half(4) == 2", grade_id="half-test", grade=True, locked=True, points=1),
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


def _code(cell_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    defaults = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    metadata = {"nbgrader": {**defaults, **nbgrader}}
    return {
        "cell_type": "code", "id": cell_id, "metadata": metadata, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip
