"""Small lessons to attack, read from ``cases/lessons.yaml``: one answer, a visible test and a hidden one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from support.notebooks import answer, check, code, locked, notebook

from trailbook.domain.course import GradingLimits
from trailbook.services.ports import LessonToGrade, Notebook

CASES = Path(__file__).with_name("cases")
LIMITS = GradingLimits(
    cell_timeout_seconds=3, total_timeout_seconds=15, memory_mib=256, processes=24, max_output_bytes=200_000
)
HASTY = replace(LIMITS, cell_timeout_seconds=1, total_timeout_seconds=6)
SECRET = "gh0st"
"""Stands in every hidden test, and nowhere else."""

NUMBER = 7919
"""An input only hidden tests use."""

FULL = {"visible": 2.0, "hidden": 3.0}
NOTHING = {"visible": 0.0, "hidden": 0.0}


@dataclass(frozen=True)
class Lesson:
    """One exercise with the id ``answer`` and its tests ``visible`` (2 points) and ``hidden`` (3 points).

    Attributes
    ----------
    before
        An instructor's locked cell before the answer.
    hidden_first
        Whether the hidden test stands before the visible one.
    files
        What lies beside the notebook.
    """

    right: str
    visible: str
    hidden: str
    before: str = "import math"
    hidden_first: bool = False
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> Notebook:
        """The notebook as its author has it."""
        return self._notebook(self.right, f"### BEGIN HIDDEN TESTS\n{self.hidden}\n### END HIDDEN TESTS")

    @property
    def released(self) -> Notebook:
        """The notebook as learners have it."""
        return self._notebook("raise NotImplementedError()", "")

    def to_grade(self, limits: GradingLimits = LIMITS) -> LessonToGrade:
        """Return the lesson as a grader takes it."""
        files = {name: text.encode() for name, text in self.files.items()}
        return LessonToGrade(self.source, self.released, files, limits)

    def _notebook(self, answered: str, hidden: str) -> Notebook:
        tests = [check("visible", self.visible, points=2), check("hidden", hidden, points=3)]
        ordered = reversed(tests) if self.hidden_first else tests
        return notebook(locked("before", self.before), answer("answer", answered), code("1 + 1"), *ordered)


def read_yaml(name: str) -> dict[str, Any]:
    """Return what a file of the cases says."""
    found: dict[str, Any] = yaml.safe_load((CASES / name).read_text("utf-8"))
    return found


LESSONS = {name: Lesson(**said) for name, said in read_yaml("lessons.yaml").items()}
DOUBLE = LESSONS["function"]
