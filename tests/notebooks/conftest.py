"""The courses whose notebooks are run: our own, and the one nbgrader makes for everybody."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "course_templates"


def run_tool(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python module as a program of its own, as an author would, and return what it said."""
    # nbgrader runs `alembic` by its bare name, so the folder of this Python's commands must be on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture
def first_course(tmp_path: Path) -> Path:
    """Return a copy of the first course, in a folder with a space in its name."""
    return Path(shutil.copytree(TEMPLATES / "first-course", tmp_path / "first course"))


@pytest.fixture(scope="session")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the course that `nbgrader quickstart` makes; it takes its time, so once for all tests."""
    folder = tmp_path_factory.mktemp("quickstart")
    made = run_tool("nbgrader", "quickstart", "course101", cwd=folder)
    assert made.returncode == 0, made.stderr
    return folder / "course101"
