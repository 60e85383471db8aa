"""The `trailbook` command run in this process, on small courses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trailbook.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return what was printed with ``--json``."""
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """Return the one line of an error."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert self.out == ""
        return lines[0]


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs the command; the database is in the test's own folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("TRAILBOOK_SETTINGS", "TRAILBOOK_SERVICE_URL", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRAILBOOK_STATE_FOLDER", str(tmp_path / "the state"))

    def run(*arguments: str | Path) -> Ran:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return Ran(status, printed.out, printed.err)

    return run


@pytest.fixture
def nbgrader_course(tmp_path: Path) -> Path:
    """Return an nbgrader course of two small notebooks, not adopted."""
    path = tmp_path / "My Course (2026)"
    for module, name, cells in (
        ("ps1", "problem1", ["# Squares\n\nSome text.", "## Part"]),
        ("ps1", "02_for-loops", ["No heading here."]),
        ("Week 2", "last", ["```\n# no heading\n```", "# The end"]),
    ):
        (path / "source" / module).mkdir(parents=True, exist_ok=True)
        (path / "source" / module / f"{name}.ipynb").write_text(json.dumps(small_notebook(*cells)))
    return path


def small_notebook(*texts: str) -> dict[str, Any]:
    """Return a notebook with these texts and one exercise."""
    nbgrader = {"schema_version": 3, "grade": False, "solution": False, "locked": False}
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    code = {"cell_type": "code", "outputs": [], "execution_count": None}
    answer = {**nbgrader, "solution": True, "grade_id": "answer"}
    test = {**nbgrader, "grade": True, "locked": True, "grade_id": "test", "points": 2}
    return {
        "cells": [
            *cells,
            {**code, "metadata": {"nbgrader": answer}, "source": "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"},
            {**code, "metadata": {"nbgrader": test}, "source": "assert x == 1"},
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
