"""nbgrader's own autograde of the same submissions: in copies, each with a gradebook of its own, and in a box."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Student, SubmittedAssignment
from sqlalchemy import select

from trailbook.adapters import boxed_program
from trailbook.adapters.nbgrader.settings import MAX_CONFIG_BYTES, NbgraderCourse
from trailbook.adapters.nbgrader.tables import open_gradebook
from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.course import Course
from trailbook.domain.errors import CourseError, Unavailable
from trailbook.services.compare_grading import TheirCell, TheirSubmission

MAX_FILE_BYTES = 25_000_000  # as for Trailbook's own grading
PROGRAM = "autograde.py"

Key = tuple[str, str]
"""Module and student id."""


class NbgraderAutograde:
    """Runs nbgrader beside Trailbook.

    Parameters
    ----------
    path
        The course folder; nothing in it is changed.
    between
        A folder for the copies, which are gone afterwards.
    insecure
        Run nbgrader, and with it learners' code, without a box.
    """

    def __init__(self, path: Path, *, between: Path, insecure: bool = False, workers: int = 1) -> None:
        self._root = path.absolute()
        self._between = between.absolute()
        self._is_boxed = not insecure
        self._workers = workers

    def grade(
        self, course: Course, submissions: Sequence[Key], on_progress: Callable[[int, int], None]
    ) -> Mapping[Key, TheirSubmission]:
        """Return what nbgrader makes of each learner's module.

        Raises
        ------
        Unavailable
            ``nbgrader_failed``: it could not be run at all; ``no_sandbox``: there is no box for it.
        """
        wanted = sorted(set(submissions))
        due, extensions = self._dates(course)
        found: dict[Key, TheirSubmission] = {}
        lock = threading.Lock()

        def grade_share(share: Sequence[Key]) -> None:
            for key, theirs in self._grade_copy(share, due=due, extensions=extensions):
                with lock:
                    found[key] = theirs
                    on_progress(len(found), len(wanted))

        on_progress(0, len(wanted))
        shares = [share for number in range(self._workers) if (share := wanted[number :: self._workers])]
        self._between.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(max(1, len(shares))) as pool:
            for done in [pool.submit(grade_share, share) for share in shares]:
                done.result()
        return found

    def _grade_copy(
        self, share: Sequence[Key], *, due: Mapping[str, str], extensions: Mapping[str, Mapping[str, float]]
    ) -> Iterator[tuple[Key, TheirSubmission]]:
        with tempfile.TemporaryDirectory(prefix="compare-", dir=self._between, ignore_cleanup_errors=True) as name:
            folder = Path(name)
            self._copy(folder, share)
            job = {
                "folder": boxed_program.folder_seen(folder, boxed=self._is_boxed),
                "modules": sorted({module for module, _ in share}),
                "submissions": list(share),
                "due": due,
                "extensions": extensions,
            }
            with boxed_program.start(PROGRAM, folder=folder, boxed=self._is_boxed) as program:
                try:
                    yield from _read(program, json.dumps(job), expected=len(share))
                finally:
                    program.kill()

    def _copy(self, folder: Path, share: Sequence[Key]) -> None:
        """Copy what nbgrader needs; of what learners sent, ordinary files of a size that Trailbook reads too."""
        files = SafeFolder(self._root)
        for name, kind in files.entries(""):
            if kind == "file" and Path(name).suffix in (".py", ".json", ".yml", ".yaml", ".ipynb"):
                (folder / name).write_bytes(files.read(name, max_bytes=MAX_CONFIG_BYTES))
        shutil.copytree(self._root / "source", folder / "source", symlinks=True)
        for module, student in share:
            place = f"submitted/{student}/{module}"
            for path, kind in files.walk(place):
                target = folder / place / path
                target.parent.mkdir(parents=True, exist_ok=True)
                if kind == "file":
                    _copy_file(files, f"{place}/{path}", target)

    def _dates(self, course: Course) -> tuple[dict[str, str], dict[str, dict[str, float]]]:
        """Return when each module is due, and learners' extensions in seconds, as manifest and gradebook say."""
        due: dict[str, str] = {}
        extensions: dict[str, dict[str, float]] = {}
        known = NbgraderCourse.read(self._root)
        if known.database_file is None or known.database_file.exists():
            with open_gradebook(known) as gradebook:
                for row in gradebook.db.execute(select(Assignment.name, Assignment.duedate)):
                    if row.duedate is not None:
                        due[row.name] = row.duedate.isoformat()
                query = (
                    select(Assignment.name, Student.id, SubmittedAssignment.extension)
                    .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
                    .join(Student, Student.id == SubmittedAssignment.student_id)
                    .where(SubmittedAssignment.extension.is_not(None))
                )
                for module, student, extension in gradebook.db.execute(query):
                    extensions.setdefault(module, {})[student] = extension.total_seconds()
        for each in course.modules:
            if each.due is not None:
                due[each.name] = each.due.astimezone(UTC).replace(tzinfo=None).isoformat()
        return due, extensions


def _copy_file(files: SafeFolder, path: str, target: Path) -> None:
    try:
        target.write_bytes(files.read(path, max_bytes=MAX_FILE_BYTES))
    except (CourseError, OSError):
        return  # too large, or swapped meanwhile: Trailbook has not graded it either


def _read(program: subprocess.Popen[str], job: str, *, expected: int) -> Iterator[tuple[Key, TheirSubmission]]:
    """Yield what the program tells, as it tells it."""
    assert program.stdin is not None  # noqa: S101  # pipes, as it was started
    assert program.stdout is not None  # noqa: S101
    assert program.stderr is not None  # noqa: S101
    errors: list[str] = []
    # What it prints is read all the time: a full pipe would hold it up.
    listening = threading.Thread(target=lambda: errors.extend(program.stderr or ()), daemon=True)
    listening.start()
    program.stdin.write(job)
    program.stdin.close()
    told = 0
    for line in program.stdout:
        said = json.loads(line)
        told += 1
        yield (said["module"], said["student"]), _submission(said)
    listening.join()
    if told < expected:
        last = (errors or ["no reason given"])[-1].strip()
        raise Unavailable("nbgrader_failed", f"nbgrader could not be run on a copy of the course: {last}.")


def _submission(said: Mapping[str, Any]) -> TheirSubmission:
    cells = {
        (lesson, grade_id): TheirCell(cell["score"], cell["warned"])
        for lesson, found in said.get("notebooks", {}).items()
        for grade_id, cell in found.items()
    }
    return TheirSubmission(said["failed"], said["released"], cells)
