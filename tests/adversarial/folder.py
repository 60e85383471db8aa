"""A course folder with submissions a learner made by hand, and `trailbook grade` on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.courses import NOW
from support.small_course import HIDDEN, KEY, SOLUTION, write_course

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.cli.main import main
from trailbook.domain.rebuild import rebuild

WRONG = "def half(n):\n    return 0"
RIGHT = {"half": SOLUTION, "why": "Two halves."}
Notebook = dict[str, Any]

__all__ = ["HIDDEN", "KEY", "NOW", "RIGHT", "WRONG", "Folder"]


class Folder:
    """A small course: one answer ``half`` (2 points), one written answer ``why`` (3 points)."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = write_course(path)
        self._capsys = capsys
        source = CourseFilesFolder(path).read_lesson(KEY).notebook
        assert source is not None
        self.source = source
        self.released = NbgraderStripper(path).strip(source)

    def answered(self, **answers: str) -> Notebook:
        """Return what a learner hands in who gave these answers."""
        return rebuild(self.released, {**RIGHT, **answers})

    def hand_in(self, student: str, content: Mapping[str, Any] | bytes, *, name: str = KEY.name) -> Path:
        """Put a notebook into `submitted/` and return its path."""
        path = self.path / "submitted" / student / KEY.module / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def put(self, student: str, make: Callable[[Path], object]) -> None:
        """Let a function make what lies in the place of a submitted notebook."""
        path = self.hand_in(student, b"")
        path.unlink()
        make(path)

    def grade(self, *options: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Grade the folder and return the lines by learner and cell."""
        self._capsys.readouterr()
        assert main(["grade", str(self.path), "--json", "--jobs", "2", *options]) in (0, 1)
        lines = [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]
        return {(line["learner"], line["grade_id"]): line for line in lines}

    def score(self, student: str) -> float | None:
        """Grade the folder and return a learner's points for the test."""
        found: float | None = self.grade()[student, "half-test"]["score"]
        return found

    def texts(self, *tops: str) -> str:
        """Return all text of the files below some of the course's folders."""
        files = [path for top in tops for path in (self.path / top).rglob("*") if path.is_file()]
        return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)
