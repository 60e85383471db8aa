"""What a child may use, with the system's control groups and without, in every tier."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trailbook.adapters.sandbox import cgroups
from trailbook.adapters.sandbox.isolation import Pair, Tier, Zygote

from .conftest import run
from .processes import IGNORE_SIGNALS

Fork = Callable[..., Pair]

FILL_MEMORY = "kept = []\nwhile True:\n    kept.append(b'x' * 10**7)"
START_PROCESSES = """
import os, signal
for _ in range(200):
    if not os.fork():
        signal.pause()
while True:
    signal.pause()
"""
FILL_DISK = """
for number in range(4):
    with open(str(number), 'wb') as file:
        file.write(bytes(40_000_000))
while True:
    pass
"""
MAKE_FILES = "for number in range(12_000):\n    open(str(number), 'w').close()\nwhile True:\n    pass"


@pytest.fixture
def no_groups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away the place where control groups are made."""
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)


def test_memory_is_limited(fork: Fork) -> None:
    assert run(fork(memory_mib=64).learner, FILL_MEMORY) in ("ended: memory", "MemoryError: ")


@pytest.mark.usefixtures("no_groups")
def test_memory_is_limited_without_control_groups(fork: Fork) -> None:
    assert run(fork(memory_mib=64).learner, FILL_MEMORY) in ("ended: memory", "MemoryError: ")


@pytest.mark.usefixtures("no_groups")
def test_processes_are_limited_without_control_groups(fork: Fork) -> None:
    said = run(fork(processes=8).learner, START_PROCESSES)
    assert said == "ended: processes" or "Resource temporarily unavailable" in said


@pytest.mark.usefixtures("no_groups")
def test_a_child_that_may_is_left_in_peace_without_control_groups(fork: Fork) -> None:
    source = (
        "kept = bytearray(50_000_000); import time; end = time.monotonic() + 0.3\nwhile time.monotonic() < end: pass"
    )
    assert run(fork(memory_mib=64).learner, source) == "None"


@pytest.mark.parametrize("source", [FILL_DISK, MAKE_FILES], ids=["bytes", "files"])
def test_work_folder_is_limited(zygote: Zygote, fork: Fork, source: str) -> None:
    said = run(fork(memory_mib=128).learner, source)
    if zygote.tier is Tier.LANDLOCK:  # the folder lies on the machine's disk, and is watched
        assert said == "ended: memory"
    else:
        assert said.startswith("OSError: [Errno 28] No space left")


def test_files_are_limited_in_size_and_number(fork: Fork) -> None:
    child = fork(memory_mib=512).learner
    assert run(child, "open('big', 'wb').truncate(65 * 2**20)") == "OSError: [Errno 27] File too large"
    assert "Too many open files" in run(child, "files = [open('big') for _ in range(2000)]")


def test_limits_cannot_be_raised(fork: Fork) -> None:
    child = fork().learner
    for limit in ("CPU", "NPROC", "FSIZE", "NOFILE", "CORE", "DATA"):
        source = f"import resource as r; r.setrlimit(r.RLIMIT_{limit}, (r.RLIM_INFINITY, r.RLIM_INFINITY))"
        assert run(child, source) == "ValueError: not allowed to raise maximum limit"


def test_loop_deaf_to_every_signal_ends_at_once_when_it_is_killed(fork: Fork) -> None:
    child = fork().learner
    child.control.settimeout(20)
    child.control.sendall(f"{IGNORE_SIGNALS}\ncontrol.send(b'.')\nwhile True: pass".encode())
    assert child.control.recv(1) == b"."
    child.interrupt()
    began = time.monotonic()
    child.kill("timeout")
    assert time.monotonic() - began < 0.5
    assert (child.is_alive(), child.why_ended()) == (False, "timeout")
