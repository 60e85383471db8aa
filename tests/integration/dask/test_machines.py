"""Tests of machines that have nothing in common but a network: each in a network and a folder view of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support.cluster import log_of, scheduler, worker
from support.small_course import LEARNER, SOLUTION, running, submit, wait_for, write_settings

from trailbook.adapters.dask.secure import TlsFiles
from trailbook.config import load_settings

SLOW = "import time\ntime.sleep(2)\n" + SOLUTION
HIDING = 'mount -t tmpfs none "$0" && exec "$@"'

_numbers = itertools.count(os.getpid() % 200 + 20)


def ip(*words: str) -> None:
    """Run `ip`."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass(frozen=True)
class Machine:
    """A network namespace that reaches this one through a cable."""

    name: str
    address: str
    host: str

    def inside(self, *, hidden: Path) -> Sequence[str]:
        """Return what a command begins with to run there, without what is in a folder."""
        return ["ip", "netns", "exec", self.name, "sh", "-c", HIDING, str(hidden)]


@contextmanager
def machine() -> Iterator[Machine]:
    """Make a namespace with a cable to this one; skips where that is not allowed."""
    number = next(_numbers)
    made = Machine(f"trailbook-{number}", f"10.213.{number % 256}.2", f"10.213.{number % 256}.1")
    ends = f"tb{number}a", f"tb{number}b"
    with ExitStack() as stack:
        try:
            ip("netns", "add", made.name)
            stack.callback(ip, "netns", "del", made.name)
            ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1], "netns", made.name)
            ip("addr", "add", f"{made.host}/24", "dev", ends[0])
            ip("link", "set", ends[0], "up")
            for words in (
                ("addr", "add", f"{made.address}/24", "dev", ends[1]),
                ("link", "set", ends[1], "up"),
                ("link", "set", "lo", "up"),
                ("route", "add", "default", "via", made.host),
            ):
                ip("-n", made.name, *words)
        except (OSError, subprocess.CalledProcessError) as error:
            said = error.stderr.decode().strip() if isinstance(error, subprocess.CalledProcessError) else error
            pytest.skip(f"no network namespaces can be made here: {said}")
        yield made


def test_two_machines_with_no_common_folder_grade_at_the_same_time(place: Path) -> None:
    hidden = place / "here"
    hidden.mkdir()
    with ExitStack() as stack:
        machines = [stack.enter_context(machine()) for _ in range(2)]
        point = stack.enter_context(scheduler(hidden, host=machines[0].host))
        settings = load_settings(write_settings(hidden, **point.settings), {})
        application = stack.enter_context(running(settings))
        given = (point.files.ca, point.files.cert, point.files.key)
        there = replace(point, files=TlsFiles(*(Path(shutil.copy(file, place)) for file in given if file)))
        for each in machines:
            folder = place / each.name
            inside = each.inside(hidden=hidden)
            assert subprocess.run([*inside, "ls", str(hidden)], capture_output=True, check=True).stdout == b""
            stack.enter_context(worker(there, folder, inside=inside))
        attempts = [submit(application, SLOW, key=f"key {number}") for number in range(2)]
        wait_for(
            lambda: all(application.find_attempt(LEARNER, each.id).status == "done" for each in attempts),
            what="the results",
        )
        seen = [application.find_attempt(LEARNER, each.id) for each in attempts]

    assert [(each.status, each.score) for each in seen] == [("done", 2.0)] * 2
    for each in machines:
        kept = list((place / each.name / ".cache" / "trailbook" / "lessons").iterdir())
        assert len(kept) == 1, log_of(place / each.name)  # it graded one of them
