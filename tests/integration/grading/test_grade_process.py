"""Tests of `trailbook grade` as a program: what it writes where, and how it is stopped and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.small_course import KEY, SOLUTION, write_course

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.domain.rebuild import rebuild

WRITTEN = ("autograded", "feedback", "gradebook.db", ".trailbook")
SLOW = f"import time\ntime.sleep(0.7)\n{SOLUTION}"
STUDENTS = [f"student {number}" for number in range(6)]


def course_with(tmp_path: Path, answer: str, *students: str, manifest: bool = True) -> Path:
    """Return the small course with the same answer of each student."""
    folder = write_course(tmp_path / "a course")
    source = CourseFilesFolder(folder).read_lesson(KEY).notebook or {}
    notebook = json.dumps(rebuild(NbgraderStripper(folder).strip(source), {"half": answer, "why": ""}))
    for student in students:
        place = folder / "submitted" / student / KEY.module
        place.mkdir(parents=True)
        (place / f"{KEY.name}.ipynb").write_text(notebook)
        (place / "my data.csv").write_text("1,2")
    if not manifest:
        (folder / "course.yaml").unlink()
    return folder


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start the command with a home and a folder for temporary files of its own."""
    home, temporary = (folder.parent / name for name in ("home", "tmp"))
    home.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(temporary)}
    for name in [name for name in environment if name.startswith(("XDG_", "JUPYTER", "IPYTHON", "MPL", "COV_"))]:
        del environment[name]
    command = [Path(sys.executable).with_name("trailbook"), "grade", str(folder), "--json", *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=home, env=environment, stdout=pipe, stderr=pipe, text=True)


def finish(process: subprocess.Popen[str]) -> tuple[list[dict[str, Any]], str]:
    """Return the lines and what was said beside them."""
    out, errors = process.communicate(timeout=120)
    return [json.loads(line) for line in out.splitlines()], errors


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("manifest", [True, False], ids=["with a manifest", "without one"])
def test_nothing_is_written_elsewhere(tmp_path: Path, manifest: bool) -> None:
    folder = course_with(tmp_path, SOLUTION, "ann", manifest=manifest)
    before = files_of(tmp_path)
    state = tmp_path / "a state"

    # The second run has nbgrader grade too, in a copy that is gone afterwards.
    process = start(folder, "--state", str(state), *([] if manifest else ["--compare-nbgrader"]))
    lines, errors = finish(process)

    assert (process.returncode, len(lines)) == (0, 2 if manifest else 0), errors
    assert ("2 graded cells compared with nbgrader: 0 differ, 0 unexplained." in errors) is not manifest
    after = files_of(tmp_path)
    new = {path for path in after if path not in before and not path.startswith("a state/")}
    assert {path.removeprefix("a course/").partition("/")[0] for path in new} == set(WRITTEN) - {".trailbook"}
    assert {path: after[path] for path in before} == before
    assert not list((tmp_path / "tmp").iterdir())
    assert not list((tmp_path / "home").iterdir())
    assert {path.name for path in state.iterdir()} == {"contracts", "graded"}


def test_a_stopped_run_says_how_to_go_on_and_does_nothing_twice(tmp_path: Path) -> None:
    folder = course_with(tmp_path, SLOW, *STUDENTS)
    with start(folder, "--jobs", "1") as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())  # there before the others are done
        process.send_signal(signal.SIGINT)
        rest, errors = finish(process)

    done = {line["learner"] for line in (first, *rest)}
    assert process.returncode == 130
    assert "Stopped. What was graded is kept. To go on: trailbook grade" in errors
    assert errors.rstrip().endswith("--resume")
    assert 0 < len(done) < len(STUDENTS)

    again, _ = finish(start(folder, "--jobs", "1", "--resume", "--progress"))

    assert {line["learner"] for line in again} == set(STUDENTS) - done, errors
    assert {line["score"] for line in again if line["grade_id"] == "half-test"} == {2.0}


def test_a_source_without_solutions_is_graded_and_said(tmp_path: Path) -> None:
    folder = course_with(tmp_path, SOLUTION, "ann")
    path = folder / "source" / f"{KEY}.ipynb"
    path.write_text(path.read_text().replace("return n / 2", "raise NotImplementedError"))

    lines, errors = finish(start(folder))

    (test,) = [line for line in lines if line["grade_id"] == "half-test"]
    assert (test["score"], test["mode"]) == (2.0, "in_process")
    assert "the author's solution" in errors
    assert "does not pass half-test" in errors
