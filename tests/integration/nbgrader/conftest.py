"""Courses for nbgrader's own commands to work on, beside Trailbook."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.domain.course import Course
from trailbook.services.adopt import adopt


def run_nbgrader(folder: Path, *arguments: str) -> str:
    """Run nbgrader's command in a course folder and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return nbgrader's own example course as `nbgrader quickstart` makes it; not to be written to."""
    folder = tmp_path_factory.mktemp("nbgrader")
    run_nbgrader(folder, "quickstart", "course101")
    return folder / "course101"


@pytest.fixture
def course_path(quickstart: Path, tmp_path: Path) -> Path:
    """Return a copy of the example course in a folder with a space."""
    path = tmp_path / "my course"
    shutil.copytree(quickstart, path)
    return path


@pytest.fixture
def folder(course_path: Path) -> CourseFilesFolder:
    """Return the adopted example course."""
    found = CourseFilesFolder(course_path)
    adopt(found)
    return found


@pytest.fixture
def course(folder: CourseFilesFolder) -> Course:
    """Return the adopted course's manifest."""
    found, problems = folder.read_manifest()
    assert not problems
    assert found is not None
    return found
