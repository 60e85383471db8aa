"""When a job has ended, nothing of it runs, whatever it did to go on; in every tier."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from trailbook.adapters.sandbox.isolation import Pair, Tier

from .conftest import ROLES, TIERS, run
from .processes import IGNORE_SIGNALS, detached, marked, wait_for, wait_until_gone

Fork = Callable[..., Pair]

LEFT_SECONDS = 1.0

STORM = (
    IGNORE_SIGNALS
    + """
import os
while True:
    try:
        if os.fork():
            os._exit(0)
        os.setsid()
    except OSError:
        pass
"""
)
"""A process that is never the same: it forks, its parent ends, and so on, deaf to every signal."""

BROKER = """
import sys
from pathlib import Path
from trailbook.adapters.sandbox.isolation import Tier, Zygote
from trailbook.domain.course import GradingLimits
zygote = Zygote([], tier=Tier(sys.argv[1]), programs=Path(sys.argv[2]))
pair = zygote.fork(["learner", "tester"], GradingLimits())
pair.learner.control.sendall(sys.argv[3].encode())
print(pair.learner.control.recv(100), flush=True)
sys.stdin.read()
"""


def test_close_leaves_no_process(fork: Fork) -> None:
    pair = fork()
    run(pair.learner, detached("sleep", "99", mark="of-this-test", times=5))
    assert len(marked("of-this-test")) == 5
    pair.close()
    assert marked("of-this-test") == []
    pair.close()


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "raise_signal = __import__('os').abort()"])
def test_process_left_behind_ends_with_its_child(fork: Fork, end: str) -> None:
    pair = fork()
    run(pair.learner, detached("sleep", "99", mark="left-behind", times=2))
    run(pair.learner, end)
    assert pair.learner.why_ended() in ("exit", "killed")
    assert marked("left-behind") == []


def test_process_that_forks_away_from_every_signal_is_caught(fork: Fork) -> None:
    pair = fork()
    run(pair.learner, detached(sys.executable, "-c", STORM, mark="storm", times=2))
    assert wait_for(lambda: marked("storm") != [], 10)
    began = time.monotonic()
    pair.close()
    assert time.monotonic() - began < LEFT_SECONDS
    assert marked("storm") == []


def test_fork_bomb_ends_with_its_job_and_a_neighbour_can_still_fork(fork: Fork) -> None:
    bomb, neighbour = fork(processes=40), fork(processes=40)
    bomb.learner.control.sendall(
        b"import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    )
    assert run(neighbour.learner, "import subprocess; out = subprocess.run(['echo', 'x']).returncode") == "0"
    began = time.monotonic()
    bomb.close()
    assert time.monotonic() - began < LEFT_SECONDS


@pytest.mark.parametrize("tier", TIERS)
def test_killing_the_broker_leaves_nothing(tier: Tier) -> None:
    mark = f"orphan-of-{tier}"
    source = detached("sleep", "99", mark=mark, times=2)
    broker = subprocess.Popen(
        [sys.executable, "-c", BROKER, tier, str(ROLES), source], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert broker.stdin is not None
    assert broker.stdout is not None
    with broker, broker.stdin, broker.stdout:
        assert broker.stdout.readline() == b"b'None\\n'\n"
        left = marked(mark)
        assert len(left) == 2
        broker.kill()
        assert wait_until_gone(left, LEFT_SECONDS)
