"""Courses for nbgrader's own commands to work on, beside Trailbook."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import warnings
from pathlib import Path

import pytest
from nbgrader.apps import (
    AutogradeApp,
    ExportApp,
    GenerateAssignmentApp,
    NbGrader,
    QuickStartApp,
    UpdateApp,
    quickstartapp,
)

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.domain.course import Course
from trailbook.services.adopt import adopt

APPS: dict[str, type[NbGrader]] = {
    "autograde": AutogradeApp,
    "export": ExportApp,
    "generate_assignment": GenerateAssignmentApp,
    "quickstart": QuickStartApp,
    "update": UpdateApp,
}


def run_nbgrader(folder: Path, command: str, *arguments: str) -> None:
    """Run one of nbgrader's commands in a folder; in this process, since each would take seconds to import itself."""
    with contextlib.chdir(folder), warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # nbgrader runs `alembic`
        warnings.simplefilter("ignore")  # nbgrader's own
        app = APPS[command](log_level="ERROR")
        app.initialize(list(arguments))
        app.start()
    for handler in list(app.log.handlers):
        handler.close()
        app.log.removeHandler(handler)


@pytest.fixture(scope="session")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return nbgrader's own example course as `nbgrader quickstart` makes it; not to be written to."""
    folder = tmp_path_factory.mktemp("nbgrader")
    with pytest.MonkeyPatch.context() as patch:
        # It starts itself five times: to list every setting as a comment, and to name students in a stray gradebook.
        patch.setattr(quickstartapp.subprocess, "call", lambda *_, **__: Path("nbgrader_config.py").touch())
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
