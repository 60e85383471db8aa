"""A control group for one box, where the system lets us make one: a memory limit and a process limit that hold.

Works with version 1 (a hierarchy a controller) and version 2. Where no group can be made, `make_group` returns None and
the watch in `box` is all there is; that is a weaker limit, not an error.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 0.001, 0.6  # a second in all
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Group:
    """The folders of one control group: one with version 2, two with version 1."""

    memory: Path
    pids: Path

    def join_files(self) -> list[str]:
        """Return the files into which a process writes ``0`` to join."""
        return [str(folder / "cgroup.procs") for folder in dict.fromkeys((self.memory, self.pids))]

    def add(self, pid: int) -> None:
        """Move a process into the group; what it starts from then on is in it too."""
        for file in self.join_files():
            with contextlib.suppress(ProcessLookupError):
                Path(file).write_text(str(pid))

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel killed a process of the group for want of memory."""
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError):
                for line in (self.memory / name).read_text().splitlines():
                    key, _, value = line.partition(" ")
                    if key == "oom_kill" and int(value) > 0:
                        return True
        return False

    def remove(self) -> None:
        """Remove the group; its processes must be dead or dying."""
        for folder in dict.fromkeys((self.memory, self.pids)):
            pause = FIRST_PAUSE_SECONDS
            while pause < LAST_PAUSE_SECONDS:
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:  # the last process is still on its way out
                    time.sleep(pause)
                    pause *= 2
                else:
                    break


def make_group(memory_bytes: int, processes: int) -> Group | None:
    """Make a group with these limits, or return None where that is not allowed."""
    name = f"trailbook-{os.getpid()}-{next(_numbers)}"
    for memory_parent, pids_parent in group_parents():
        group = Group(memory_parent / name, pids_parent / name)
        try:
            for folder in dict.fromkeys((group.memory, group.pids)):
                folder.mkdir()
            _limit_memory(group.memory, memory_bytes)
            (group.pids / "pids.max").write_text(str(processes))
        except OSError:
            group.remove()
        else:
            return group
    return None


def remove_stale_groups() -> None:
    """Remove groups left behind by processes that were killed."""
    for folder in {folder for pair in group_parents() for folder in pair}:
        for group in folder.glob("trailbook-*"):
            owner = group.name.split("-")[1]
            if not Path(f"/proc/{owner}").exists():
                with contextlib.suppress(OSError):
                    group.rmdir()


def _limit_memory(folder: Path, memory_bytes: int) -> None:
    if (folder / "memory.max").exists():
        (folder / "memory.max").write_text(str(memory_bytes))
        swap = folder / "memory.swap.max"
        none = "0"
    else:
        (folder / "memory.limit_in_bytes").write_text(str(memory_bytes))
        swap = folder / "memory.memsw.limit_in_bytes"
        none = str(memory_bytes)
    with contextlib.suppress(OSError):  # a kernel without swap accounting has no such file
        swap.write_text(none)


def group_parents() -> list[tuple[Path, Path]]:
    """Return where a group may be made: pairs of (memory, pids) folders."""
    own: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            for controller in controllers.split(","):
                own[controller] = path.lstrip("/")
    found = []
    if "memory" in own and "pids" in own:
        found.append((ROOT / "memory" / own["memory"], ROOT / "pids" / own["pids"]))
    if "" in own:
        for folder in (ROOT / own[""], (ROOT / own[""]).parent):
            with contextlib.suppress(OSError):
                if {"memory", "pids"} <= set((folder / "cgroup.subtree_control").read_text().split()):
                    found.append((folder, folder))
    return [pair for pair in found if all(os.access(folder, os.W_OK) for folder in pair)]
