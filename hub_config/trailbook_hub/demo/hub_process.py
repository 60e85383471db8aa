"""The hub as a child process: started, waited for, and stopped with everything it started."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trailbook.domain.errors import Unavailable
from trailbook.resources import resource
from trailbook_hub.demo.folder import StateFolder

START_SECONDS = 90
STOP_SECONDS = 20
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


@contextmanager
def running_hub(folder: StateFolder) -> Iterator[subprocess.Popen[bytes]]:
    """Start the hub, and at the end stop it and every process that came from it.

    This process becomes the parent of what the hub leaves behind, so that nothing stays; if this process is killed, the
    hub is told to stop.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    environment = folder.environment() | {"TRAILBOOK_HUB_SETTINGS": str(folder.hub_settings)}
    argv = [sys.executable, "-m", "jupyterhub", "--config", str(resource("hub_config") / "jupyterhub_config.py")]
    with folder.log.open("ab") as log:
        hub = subprocess.Popen(  # noqa: S603 - our own command
            argv,
            cwd=folder.path / "hub",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_stop_with_parent,
        )
    try:
        yield hub
    finally:
        stop(hub)


def wait_until_ready(hub: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until the address answers, with whatever status below 500.

    Raises
    ------
    Unavailable
        ``hub_failed``: the hub ended, or nothing answered in time; the message has the end of its log.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and hub.poll() is None:
        if _answers(url):
            return
        time.sleep(0.2)
    tail = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-15:])
    raise Unavailable("hub_failed", f"The hub did not start. The end of {log}:\n{tail}")


def stop(hub: subprocess.Popen[bytes]) -> None:
    """Stop the hub, which stops its servers and services, and then whatever is left."""
    if hub.poll() is None:
        hub.send_signal(signal.SIGTERM)
    try:
        hub.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        hub.kill()
        hub.wait()
    for sig in (signal.SIGTERM, signal.SIGKILL):
        if _end_descendants(sig, seconds=5):
            return


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
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
