"""Lessons of the demo's second course in which every kind of verdict can be had, and quickly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from harness.demo import Demo
from trailbook_hub.demo.folder import StateFolder

COURSE = "course101"
NOW, LATER, NEVER, SLOW = "verdicts-now/twice", "verdicts-later/twice", "verdicts-never/twice", "slow/twice"
EXERCISE = "twice"
SECONDS_OF_TESTS = (0.2, 0.2, 3.0)
"""In the slow lesson: two tests show up, and stand there for a while."""

RIGHT = "def twice(n):\n    return n + n\n"
PARTLY = "def twice(n):\n    return 4 if n == 2 else 0\n"
WRONG = "def twice(n):\n    return n\n"
HIDDEN_WRONG = "def twice(n):\n    return abs(n) + abs(n)\n"
ENDS = "import os\nos._exit(1)\n"

_SOLUTION = "### BEGIN SOLUTION\ndef twice(n):\n    return 2 * n\n### END SOLUTION"
_TESTS = (
    ("twice-two", 'assert twice(2) == 4, "Twice 2 is 4."'),
    ("twice-text", 'assert twice("ab") == "abab", "A text twice is the text and the text again."'),
    ("twice-less", '### BEGIN HIDDEN TESTS\nassert twice(-3) == -6, "Less than nothing, twice."\n### END HIDDEN TESTS'),
)


def write_lessons(course: Path) -> None:
    """Add the lessons to the course folder, and the rules that they show to its manifest."""
    path = course / "course.yaml"
    manifest = yaml.safe_load(path.read_text("utf-8"))
    manifest["grading"] = {
        "hidden_verdicts": "after_due",
        "attempts_per_minute": 6,
        "cool_down_after": 2,
        "cool_down_seconds": 12,
    }
    due = {"verdicts-now": "2020-01-01T12:00:00Z", "verdicts-later": "2099-01-01T12:00:00Z"}
    for place in (NOW, LATER, NEVER, SLOW):
        module, _, lesson = place.partition("/")
        title = module.replace("-", " ").capitalize()
        dated = {"due": due[module]} if module in due else {}
        lessons = [{"name": lesson, "title": title}]
        manifest["modules"].append({"name": module, "title": title, **dated, "lessons": lessons})
        folder = course / "source" / module
        folder.mkdir(parents=True)
        notebook = _notebook(title, seconds=SECONDS_OF_TESTS if place == SLOW else (0, 0, 0))
        (folder / f"{lesson}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    path.write_text(yaml.safe_dump(manifest, sort_keys=False), encoding="utf-8")


def release(demo: Demo) -> None:
    """Release the course as its author does on the machine."""
    command = [str(Path(sys.executable).with_name("trailbook")), "release", str(demo.course(COURSE))]
    environment = {**os.environ, **StateFolder(demo.state).environment()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _notebook(title: str, *, seconds: Sequence[float]) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    text = f"# {title}\n\n## Twice as much\n\nWrite `twice(n)`, which gives $2n$."
    cells = [
        {"cell_type": "markdown", "id": "text", "metadata": {}, "source": text},
        _code("answer", _SOLUTION, grade_id=EXERCISE, solution=True),
        *(
            _code(name, _slowly(source, seconds[number]), grade_id=name, grade=True, locked=True, points=1 + number)
            for number, (name, source) in enumerate(_TESTS)
        ),
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


def _slowly(source: str, seconds: float) -> str:
    return f"import time\ntime.sleep({seconds})\n{source}" if seconds else source


def _code(cell_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    defaults = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {
        "cell_type": "code", "id": cell_id, "metadata": {"nbgrader": {**defaults, **nbgrader}}, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip
