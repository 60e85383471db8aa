"""What a killed service leaves behind: control groups with processes in them, and folders for scratch files.

Everything of one run is below one folder, which its process holds a lock on. A lock ends with its process, however that
ends, and unlike a number cannot be taken for another process's: what nobody holds is left over.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trailbook.adapters.sandbox.cgroups import group_parents, remove_stale_groups

PREFIX = "trailbook-run-"
STARTING = "trailbook-starts-"  # not held yet, so that another's start must not take it for left over
LOCK = ".lock"
FOR_ALL_TO_MAKE = 0o1733  # sandboxes run as other users: they may make folders of their own in it, and list nothing

log = logging.getLogger(__name__)


def remove_leftovers() -> None:
    """End and remove what runs left behind that were killed; what is of a run that lives is not touched."""
    for pid in _stale_processes():
        log.warning("process %d is of a grading whose service was killed; it is ended", pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    remove_stale_groups()
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not folder.is_symlink() and folder.stat().st_uid == os.geteuid():
            _remove_unless_held(folder)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make all temporary files of this process in a folder of its own, which is removed at the end, or at a start."""
    before = tempfile.tempdir
    made = Path(tempfile.mkdtemp(prefix=STARTING))
    held = _hold(made)
    folder = made.rename(made.with_name(made.name.replace(STARTING, PREFIX)))
    folder.chmod(FOR_ALL_TO_MAKE)
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


def _stale_processes() -> list[int]:
    """Return the processes in control groups whose maker is gone."""
    found = []
    for parent in {folder for pair in group_parents() for folder in pair}:
        for group in parent.glob("trailbook-*"):
            if not Path(f"/proc/{group.name.split('-')[1]}").exists():
                with contextlib.suppress(OSError):
                    found += [int(pid) for pid in (group / "cgroup.procs").read_text().split()]
    return sorted(set(found))


def _remove_unless_held(folder: Path) -> None:
    try:
        held = _hold(folder)
    except OSError as error:
        log.warning("%s is left over and cannot be removed: %s", folder, error)
        return
    if held is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _hold(folder: Path) -> int | None:
    """Return an open lock on the folder, None when another process has it."""
    number = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        return None
    return number
