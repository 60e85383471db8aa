"""Child processes: started, waited for, and stopped with everything they started."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from trailbook.domain.errors import Unavailable

START_SECONDS = 90
STOP_SECONDS = 20
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36

Child = subprocess.Popen[bytes]


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """End, on the way out, every process that came from programs started inside, whoever their parent was.

    This process becomes the parent of what those programs leave behind.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        for sig in (signal.SIGTERM, signal.SIGKILL):
            if _end_descendants(sig, seconds=5):
                break


@contextmanager
def running(argv: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path) -> Iterator[Child]:
    """Start a program and stop it at the end; if this process is killed, the program is told to stop."""
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 - our own commands
            argv,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_stop_with_parent,
        )
    try:
        yield child
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not cut the stopping short
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_until_ready(child: Child, url: str, *, name: str, log: Path) -> None:
    """Wait until the address answers: with 2xx or 3xx, or that it wants a sign-in.

    Raises
    ------
    Unavailable
        ``not_started``: the program ended, or nothing answered in time; the message has the end of its log.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if _answers(url):
            return
        time.sleep(0.2)
    tail = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-15:])
    raise Unavailable("not_started", f"{name} did not start. The end of {log}:\n{tail}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as error:
        return error.code in (401, 403)
    except OSError:
        return False


def _end_descendants(sig: int, *, seconds: float) -> bool:
    """Signal every process below this one and wait for their end; True when none is left."""
    deadline = time.monotonic() + seconds
    for pid in _descendants(os.getpid()):
        _kill(pid, sig)
    while _descendants(os.getpid()):
        _reap()
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def _reap() -> None:
    """Take leave of children that ended, so that they are not counted."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _kill(pid: int, sig: int) -> None:
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        return


def _stop_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
