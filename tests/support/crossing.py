"""A learner and a tester without a sandbox, and a broker that just obeys: for tests of how they work together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from trailbook.adapters.sandbox.inside.crossing.wire import Channel, Closed

INSIDE = Path(sys.modules[Channel.__module__].__file__ or "").parents[1]
ZYGOTE = Path(__file__).with_name("crossing_zygote.py")
SECONDS = 30
Kind = Literal["shared", "answer", "test"]
Cell = tuple[Kind, str]


class Zygote:
    """Forks learners and testers; one for all tests."""

    def __init__(self) -> None:
        self._socket, other = socket.socketpair()
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}
        environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "default"}
        argv = [sys.executable, str(ZYGOTE), str(other.fileno()), str(INSIDE)]
        self._process = subprocess.Popen(argv, pass_fds=[other.fileno()], env=environment)
        other.close()

    def fork(self, role: bytes, folder: Path, *ends: socket.socket) -> int:
        """Fork a child with its ends of sockets and return its process."""
        place = os.open(folder, os.O_RDONLY)
        socket.send_fds(self._socket, [role], [place, *(end.fileno() for end in ends)])
        os.close(place)
        for end in ends:
            end.close()
        return int.from_bytes(self._socket.recv(4), "big")

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.wait()


@dataclass
class Told:
    """What came of a run: for each cell what the learner's and the tester's program said, and the contract."""

    learner: dict[int, dict[str, Any]] = field(default_factory=dict)
    tester: dict[int, dict[str, Any]] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)

    def verdicts(self) -> list[bool]:
        """Return for each test cell whether it passed."""
        return [told["status"] == "ok" for index, told in sorted(self.tester.items()) if told["is_test"]]

    def errors(self) -> list[str]:
        """Return what the test cells failed with."""
        told = [self.tester[index] for index in sorted(self.tester) if self.tester[index]["is_test"]]
        return [f"{each['error']['ename']}: {each['error']['evalue']}" for each in told if each["error"]]


class Apart:
    """One learner and one tester.

    Parameters
    ----------
    folder
        Two working folders are made in it.
    """

    def __init__(self, zygote: Zygote, folder: Path, *, with_tester: bool = True) -> None:
        self.pids: list[int] = []
        self.folders = {role: folder / role for role in ("learner", "tester")}
        for each in self.folders.values():
            each.mkdir(parents=True, exist_ok=True)
        control, learners_end = socket.socketpair()
        links = socket.socketpair() if with_tester else ()
        self.learner = Channel(control)
        self.pids.append(zygote.fork(b"l", self.folders["learner"], learners_end, *links[:1]))
        self.ends = [control]
        if with_tester:
            control, testers_end = socket.socketpair()
            self.tester = Channel(control)
            self.pids.append(zygote.fork(b"t", self.folders["tester"], testers_end, links[1]))
            self.ends.append(control)
        for end in self.ends:
            end.settimeout(SECONDS)

    def close(self) -> None:
        """Kill both."""
        for end in self.ends:
            end.close()
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def ask(self, channel: Channel, message: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> dict[str, Any]:
        """Send a message and return the answer."""
        channel.send(message, blobs)
        return channel.receive()[0]


@contextlib.contextmanager
def apart(zygote: Zygote, folder: Path, *, with_tester: bool = True) -> Iterator[Apart]:
    """Yield a pair, and kill it at the end."""
    pair = Apart(zygote, folder, with_tester=with_tester)
    try:
        yield pair
    finally:
        pair.close()


def run_apart(
    zygote: Zygote,
    folder: Path,
    cells: Sequence[Cell],
    *,
    contract: Mapping[str, Any] | None = None,
    record: bool = False,
    files: Mapping[str, bytes] | None = None,
    owned: Mapping[str, list[str]] | None = None,
) -> Told:
    """Run cells as the broker does: answers in the learner, tests in the tester, the instructor's in both."""
    told = Told()
    files = files or {}
    places = {name: number for number, name in enumerate(files)}
    start = {"op": "start", "files": places, "environment": {}, "seed": "7"}
    names = [f"answer-{index}" if kind == "answer" else f"{kind}-{index}" for index, (kind, _) in enumerate(cells)]
    answers = {name: source for name, (kind, source) in zip(names, cells, strict=True) if kind == "answer"}
    blobs = list(files.values())
    with apart(zygote, folder) as pair:
        pair.ask(pair.learner, {**start, "packages": None}, blobs)
        pair.ask(pair.tester, {**start, "contract": contract, "record": record, "answers": answers}, blobs)
        for index, (kind, source) in enumerate(cells):
            request = {"op": "run", "index": index, "source": source}
            if kind != "test":
                try:
                    told.learner[index] = pair.ask(pair.learner, {**request, "silent": False})
                except Closed:
                    told.learner[index] = {"op": "gone"}
            if kind == "answer":
                answered = {"op": "answered", "grade_id": names[index], "names": (owned or {}).get(names[index], [])}
                pair.ask(pair.tester, answered)
            else:
                asked = {**request, "kind": kind, "grade_id": names[index] if kind == "test" else None}
                told.tester[index] = {**pair.ask(pair.tester, asked), "is_test": kind == "test"}
        told.end = pair.ask(pair.tester, {"op": "end"})
    return told


def run_together(
    zygote: Zygote, folder: Path, cells: Sequence[Cell], *, files: Mapping[str, bytes] | None = None
) -> list[bool]:
    """Run all cells in one process and return which test cells passed."""
    verdicts = []
    files = files or {}
    with apart(zygote, folder, with_tester=False) as pair:
        places = {name: number for number, name in enumerate(files)}
        start = {"op": "start", "files": places, "environment": {}, "seed": "7", "packages": None}
        pair.ask(pair.learner, start, list(files.values()))
        for index, (kind, source) in enumerate(cells):
            told = pair.ask(pair.learner, {"op": "run", "index": index, "source": source, "silent": False})
            if kind == "test":
                verdicts.append(told["status"] == "ok")
    return verdicts
