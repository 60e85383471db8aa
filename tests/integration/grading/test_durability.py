"""Tests that nothing is lost when a sandbox, or the whole service, is killed in the middle of a grading."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from support.courses import TRAP
from support.small_course import KEY, LEARNER, SOLUTION, running, submit, wait_for, write_settings

from trailbook.adapters.sandbox.usage import tree_of
from trailbook.config import load_settings
from trailbook.domain.names import student_id_of
from trailbook.services.ports import Attempt, JobStatus
from trailbook.wiring import Application, build

SLOW = f"import time\nend = time.monotonic() + 4\nwhile time.monotonic() < end:\n    pass\n{SOLUTION}"
BUSY_TICKS = 30  # of processor time, in hundredths of a second: no process that waits or starts uses as much
SERVICE = """
import sys, threading
from pathlib import Path
from support.small_course import running, submit
from trailbook.config import load_settings

with running(load_settings(Path(sys.argv[1]), {})) as application:
    print(submit(application, sys.argv[2]).id, flush=True)
    threading.Event().wait()
"""


@pytest.fixture
def settings_path(tmp_path: Path) -> Path:
    """A released course and the settings of its service, in a folder with a space in its name."""
    folder = tmp_path / "a place"
    folder.mkdir()
    return write_settings(folder)


def stored(application: Application, attempt_id: str) -> Attempt:
    """Return an attempt as it is in the database."""
    with application.storage(read_only=True) as work:
        found = work.attempts.find(attempt_id)
    assert found is not None
    return found


def processes_named(part: str, *, below: int) -> list[int]:
    """Return the processes below one whose command line has this text."""
    found = []
    for pid in tree_of(below):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        if part in line:
            found.append(pid)
    return found


def gradebook_scores(course: Path) -> dict[str, float | None]:
    """Return the learner's automatic scores in nbgrader's gradebook."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(KEY.module, student_id_of(TRAP))
        return {grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades}


def gradings(*, below: int) -> dict[str, list[int]]:
    """Return the processes that grade below one, by what they are; those that wait for a grading are left out."""
    found = processes_named("zygote.py", below=below)
    python = [pid for pid in found if name_of(pid) not in ("bwrap", "")]
    forked = sorted(pid for pid in python if parent_of(pid) in python)
    learners = [pid for pid in forked if ticks_of(pid) > BUSY_TICKS]  # the answer keeps its processor busy
    return {
        "bwrap": [pid for pid in found if name_of(pid) == "bwrap"],
        "zygote": [pid for pid in python if pid not in forked],
        "learner": learners,
        "tester": [pid for learner in learners for pid in [p for p in forked if p > learner][:1]],  # forked after it
    }


def name_of(pid: int) -> str:
    """Return the name of a process, "" for one that has ended."""
    return read_of(pid, "comm").strip()


def ticks_of(pid: int) -> int:
    """Return the processor time of a process, in hundredths of a second; 0 for one that has ended."""
    fields = read_of(pid, "stat").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) if fields else 0


def parent_of(pid: int) -> int:
    """Return the parent of a process; 0 for one that has ended."""
    fields = read_of(pid, "stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


def read_of(pid: int, what: str) -> str:
    """Return what the system says of a process, "" for one that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{what}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.parametrize("victim", ["bwrap", "zygote", "learner", "tester"])
def test_a_killed_sandbox_loses_nothing(settings_path: Path, victim: str) -> None:
    settings = load_settings(settings_path, {})
    with running(settings) as application:
        attempt = submit(application, SLOW)
        wait_for(lambda: stored(application, attempt.id).status is JobStatus.RUNNING, what="the grading")
        wait_for(lambda: gradings(below=os.getpid())["tester"], what="a grading")

        for pid in gradings(below=os.getpid())[victim]:
            os.kill(pid, signal.SIGKILL)

        wait_for(lambda: stored(application, attempt.id).recorded_at, what="the result")
        seen = application.find_attempt(LEARNER, attempt.id)
        tries = stored(application, attempt.id).tries

    assert (seen.status, seen.score, seen.max_score, seen.reason) == ("done", 2.0, 2.0, "")
    assert tries == 2
    assert gradebook_scores(settings.courses[0])["half-test"] == 2.0


def test_a_killed_service_loses_nothing(settings_path: Path) -> None:
    settings = load_settings(settings_path, {})
    watching = build(settings)
    search = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(settings_path), SLOW],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
    ) as service:
        assert service.stdout is not None
        attempt_id = service.stdout.readline().strip()
        wait_for(lambda: stored(watching, attempt_id).status is JobStatus.RUNNING, what="the grading")
        wait_for(lambda: gradings(below=service.pid)["tester"], what="a grading")
        boxes = processes_named("zygote.py", below=service.pid)
        service.kill()
    assert stored(watching, attempt_id).status is JobStatus.RUNNING
    watching.storage.close()

    with running(settings) as application:
        wait_for(lambda: stored(application, attempt_id).recorded_at, what="the result")
        after = stored(application, attempt_id)
        with application.storage(read_only=True) as work:
            kinds = [event.kind for event in work.events.after(0)]
        repeated = submit(application, SLOW)

    assert (after.status, after.tries) == (JobStatus.DONE, 2)
    assert repeated.id == attempt_id
    assert kinds.count("attempt_submitted") == kinds.count("attempt_graded") == 1
    assert gradebook_scores(settings.courses[0])["half-test"] == 2.0
    # One that has ended and that nobody has asked for yet has no command line any more.
    wait_for(lambda: not any(read_of(pid, "cmdline") for pid in boxes), what="the end of its processes")


def test_what_waited_at_a_stop_is_graded_after_the_next_start(settings_path: Path) -> None:
    settings = load_settings(settings_path, {})
    idle = build(settings)  # takes answers, grades nothing: as a service whose workers are gone
    attempts = [submit(idle, f"{SOLUTION}  # {number}", key=f"key {number}") for number in range(3)]
    idle.storage.close()

    with running(settings) as application:
        for attempt in attempts:
            wait_for(lambda attempt=attempt: stored(application, attempt.id).recorded_at, what="a result")
        scores = [application.find_attempt(LEARNER, attempt.id).score for attempt in attempts]

    assert scores == [2.0, 2.0, 2.0]
