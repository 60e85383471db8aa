"""Covert channels: no bit from one job to another, or to a learner's own server on the same machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from adversarial.case import printed
from adversarial.channels import BITS, Channel, Try, channels, one_try
from adversarial.lessons import DOUBLE, LIMITS
from trailbook.adapters.sandbox import SandboxGrader

TRIES = int(os.environ.get("TRAILBOOK_CHANNEL_TRIES", "1"))
"""Tries of a channel, each of 16 bits; `make bench-grading` makes ten."""

START_SECONDS = 1.5  # until all run, on a machine with other work
AT_A_TIME = 6
MOST_TRIES = 5
PATIENT = replace(LIMITS, cell_timeout_seconds=20, total_timeout_seconds=40)
CARRIES = ("flock", "fcntl", "abstract-socket", "posix-memory")
"""Channels that carry bits wherever nothing keeps them from it."""

CHANNELS = [pytest.param(each, id=each.name, marks=pytest.mark.case(each.tried)) for each in channels()]
TO_SERVERS = [each for each in CHANNELS if not each.values[0].seen_outside]  # type: ignore[union-attr]


@dataclass(frozen=True)
class Heard:
    """What two receivers printed: another job, and a process of the host's as a learner's own server runs one."""

    tried: Try
    by_job: str
    by_server: str


@pytest.fixture(scope="module")
def heard(grader: SandboxGrader) -> Iterator[dict[str, list[Future[Heard]]]]:
    """Every channel's tries, several at a time, since most of their time is waiting for the next bit."""
    grader.grade(DOUBLE.to_grade(PATIENT), {})  # its contract is recorded before the clock runs
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {
            channel.name: [pool.submit(_try, grader, channel, number) for number in range(TRIES)]
            for channel in channels()
        }


def _try(grader: SandboxGrader, channel: Channel, number: int) -> Heard:
    tried = one_try(channel, in_seconds=START_SECONDS, number=number)
    with ThreadPoolExecutor(3) as pool:
        pool.submit(_grade, grader, tried.sender)
        job, server = pool.submit(_grade, grader, tried.receiver), pool.submit(_run, tried.receiver)
        return Heard(tried, job.result(), server.result())


def _grade(grader: SandboxGrader, program: str) -> str:
    """Run a program in the place of an answer and return what it printed."""
    return printed(grader.grade(DOUBLE.to_grade(PATIENT), {"answer": f"{program}\n{DOUBLE.right}"}))


def _run(program: str) -> str:
    """Run a program as a learner's own server does: no sandbox, the host's files and locks."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_bit_goes_to_another_job(heard: dict[str, list[Future[Heard]]], channel: Channel) -> None:
    found = [future.result() for future in heard[channel.name]]

    assert [len(each.tried.received(each.by_job)) for each in found] == [BITS] * TRIES
    assert [each.tried.carried(each.by_job) for each in found] == [0] * TRIES


@pytest.mark.parametrize("channel", TO_SERVERS)
def test_no_bit_goes_to_a_learners_server(heard: dict[str, list[Future[Heard]]], channel: Channel) -> None:
    found = [future.result() for future in heard[channel.name]]

    assert [each.tried.carried(each.by_server) for each in found] == [0] * TRIES


@pytest.mark.case("the same channels between two processes without a sandbox, which shows that they carry bits")
@pytest.mark.parametrize("channel", [each for each in channels() if each.name in CARRIES], ids=lambda each: each.name)
def test_a_channel_carries_bits_where_there_is_no_sandbox(channel: Channel) -> None:
    assert any(_carries_outside(channel, number) for number in range(MOST_TRIES))


def _carries_outside(channel: Channel, number: int) -> bool:
    """Try once, which may come too late on a busy machine."""
    tried = one_try(channel, in_seconds=START_SECONDS, number=number)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_run, tried.sender)
        return tried.carried(_run(tried.receiver)) == BITS
