"""What a killed service left behind goes at the next start; what is another's, or of a run that lives, stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.small_course import wait_for

from trailbook.adapters.leftovers import PREFIX, remove_leftovers, scratch_folder
from trailbook.adapters.sandbox.cgroups import group_parents

RUN = """
import subprocess, sys, tempfile, threading
from pathlib import Path
from trailbook.adapters.leftovers import scratch_folder
from trailbook.adapters.sandbox.cgroups import make_group

with scratch_folder() as folder:
    (Path(tempfile.mkdtemp()) / "answer").write_text("text")
    group, job = make_group(2**28, 10), subprocess.Popen(["sleep", "600"])
    if group is not None:
        group.add(job.pid)
    print(folder, job.pid, group.pids if group is not None else "", sep="|", flush=True)
    threading.Event().wait()
"""


class Run:
    """A process with files, a process of its own, and where possible a control group with that in it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        folder, job, group = process.stdout.readline().strip().split("|")
        self.process = process
        self.folder, self.job, self.group = Path(folder), int(job), Path(group) if group else None

    def kill(self) -> None:
        """Kill it as a crash does."""
        self.process.kill()
        self.process.wait()


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of these tests alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@contextmanager
def running() -> Iterator[Run]:
    """Run a process with leftovers to be."""
    search = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": search}
    with subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True, env=environment) as process:
        run = Run(process)
        try:
            yield run
        finally:
            process.kill()
            process.wait()
            if lives(run.job):
                os.kill(run.job, signal.SIGKILL)
            if run.group is not None:
                remove_leftovers()


def lives(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_files_of_a_killed_run_are_removed() -> None:
    with running() as run:
        assert [path.name for path in run.folder.rglob("answer")] == ["answer"]
        run.kill()
        remove_leftovers()
        assert not run.folder.exists()


@pytest.mark.skipif(not group_parents(), reason="no control group can be made here")
def test_processes_and_groups_of_a_killed_run_are_removed() -> None:
    with running() as run:
        assert run.group is not None
        run.kill()
        assert lives(run.job)
        remove_leftovers()
        wait_for(lambda: not lives(run.job), seconds=5)
        remove_leftovers()
        assert not run.group.exists()


def test_what_is_of_a_run_that_lives_stays() -> None:
    with running() as run:
        remove_leftovers()
        assert lives(run.job)
        assert [path.name for path in run.folder.rglob("answer")] == ["answer"]
        assert run.group is None or run.group.exists()


def test_what_is_not_ours_stays(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    (temporary / "another-run").mkdir()
    remove_leftovers()
    assert sorted(path.name for path in temporary.iterdir()) == ["another-run", "elsewhere", f"{PREFIX}link"]
    assert (elsewhere / "file").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder another's")
def test_folder_of_another_user_stays(temporary: Path) -> None:
    folder = temporary / f"{PREFIX}theirs"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    remove_leftovers()
    assert folder.is_dir()


def test_temporary_files_are_in_a_folder_that_goes_with_the_run(temporary: Path) -> None:
    with scratch_folder() as folder:
        made = Path(tempfile.mkdtemp())
        assert made.parent == folder
        remove_leftovers()  # another service starts on the machine
        assert made.is_dir()
    assert not folder.exists()
    assert tempfile.gettempdir() == str(temporary)
