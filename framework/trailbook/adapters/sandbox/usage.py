"""What a process and everything it started use now."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PAGE_BYTES = os.sysconf("SC_PAGESIZE")


@dataclass(frozen=True)
class Usage:
    """Memory in bytes and the number of processes."""

    memory_bytes: int
    processes: int


def usage_of(pid: int, enough_bytes: int) -> Usage:
    """Return what a process tree uses.

    The memory is the sum of resident sets, which counts shared pages for each process; only where that sum is above
    ``enough_bytes`` are the proportional sizes read, which are exact and cost more.
    """
    tree = tree_of(pid)
    resident = sum(map(_resident, tree))
    if resident > enough_bytes:
        resident = sum(map(_proportional, tree))
    return Usage(resident, len(tree))


def tree_of(pid: int) -> list[int]:
    """Return the process and its descendants that live now."""
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        with contextlib.suppress(OSError):
            for task in (PROC / str(each) / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
    return found


def _resident(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE_BYTES
    except (OSError, IndexError):
        return 0  # it ended meanwhile


def _proportional(pid: int) -> int:
    try:
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except PermissionError:
        return _resident(pid)  # it hides itself: then all it shares counts as its own
    except OSError:
        pass  # it ended meanwhile
    return 0
