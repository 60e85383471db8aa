"""Measures a tier: memory of a zygote that waits, and time and processor time of a pair of processes."""

from __future__ import annotations

import os
import statistics
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from trailbook.adapters.sandbox.isolation import Tier, Zygote
from trailbook.adapters.sandbox.usage import tree_of
from trailbook.domain.course import GradingLimits

IMPORTS = ("IPython", "IPython.core.interactiveshell", "matplotlib.pyplot", "numpy", "pandas")
ROUNDS = 40
SETTLE_SECONDS = 0.5


@dataclass(frozen=True)
class Cost:
    """Medians in ms but for the CPU time, which is the mean; memory is the proportional size of all processes."""

    tier: Tier
    idle_mib: float
    fork_ms: float
    close_ms: float
    cpu_ms: float


def measure(tier: Tier, imports: tuple[str, ...] = IMPORTS, *, rounds: int = ROUNDS) -> Cost:
    """Return what a tier costs here."""
    with closing(Zygote(imports, tier=tier)) as zygote:
        zygote.fork(("learner", "tester"), GradingLimits()).close()
        time.sleep(SETTLE_SECONDS)
        idle = sum(proportional_kib(pid) for pid in tree_of(os.getpid())[1:]) / 1024
        forks, closes, before = [], [], cpu_seconds()
        for _ in range(rounds):
            began = time.perf_counter()
            pair = zygote.fork(("learner", "tester"), GradingLimits())
            forked = time.perf_counter()
            pair.close()
            forks.append(forked - began)
            closes.append(time.perf_counter() - forked)
        time.sleep(SETTLE_SECONDS)
        cpu = (cpu_seconds() - before) / rounds
    return Cost(tier, idle, statistics.median(forks) * 1000, statistics.median(closes) * 1000, cpu * 1000)


def proportional_kib(pid: int) -> int:
    """Return a process's memory, what is shared counted in shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def cpu_seconds() -> float:
    """Return the CPU time of this process and all below it, those that ended included."""
    ticks = 0
    for pid in tree_of(os.getpid()):
        ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
