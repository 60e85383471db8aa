"""Processes a test can find again: whatever is started with a mark in its environment, in whichever namespace."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

IGNORE_SIGNALS = """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
"""


def detached(*argv: str, mark: str, times: int = 1) -> str:
    """Return Python that starts programs in sessions of their own, as orphans, with no file open."""
    return (
        "import subprocess as s\n"
        f"for _ in range({times}):\n"
        f"    s.run(['sh', '-c', 'exec 0<&- 1<&- 2<&-; \"$@\" &', 'sh', *{list(argv)!r}],"
        f" env={{'MARK': {mark!r}, 'PATH': '/usr/bin:/bin'}}, start_new_session=True)"
    )


def marked(mark: str) -> list[int]:
    """Return the processes of this machine that have this mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"MARK={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask until the answer is yes, and say whether it came in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        select.select([], [], [], 0.01)
    return True


def wait_until_gone(pids: list[int], seconds: float) -> bool:
    """Wait for processes to end, and say whether all did in time."""
    end = time.monotonic() + seconds
    for pid in pids:
        with suppress(ProcessLookupError):
            pidfd = os.pidfd_open(pid)
            poll = select.poll()
            poll.register(pidfd, select.POLLIN)
            ended = poll.poll(max(0.0, end - time.monotonic()) * 1000)
            os.close(pidfd)
            if not ended:
                return False
    return True
