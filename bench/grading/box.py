"""What one grading costs and leaves: the floor, an endless loop, processes and memory."""

from __future__ import annotations

import ctypes
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from adversarial.lessons import DOUBLE, LIMITS

from grading.rows import Row
from trailbook.adapters.sandbox import SandboxGrader
from trailbook.adapters.sandbox.isolation import Tier, Zygote, choose_tier
from trailbook.domain.course import GradingLimits

IMPORTS = ("IPython", "matplotlib.pyplot", "numpy", "pandas")  # of one course
LOOPS = 5
FORKS = 20
MORE_SECONDS, LEFT_AFTER_SECONDS, IDLE_MB = 0.5, 1.0, 150.0
PR_SET_CHILD_SUBREAPER = 36
MB = 1_000_000
LEAVES_CHILDREN = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        time.sleep(600)
"""


def box(*, repeats: int, tier: Tier | None = None) -> Iterator[Row]:
    """Yield the lines on single gradings."""
    used = choose_tier(tier).tier
    yield from _floor(used, repeats)
    yield from _idle_memory(used)
    grader = SandboxGrader(tier=used)
    try:
        yield from _one_grading(grader, repeats)
        yield from _endless_loops(grader)
        yield from _processes_left(grader)
    finally:
        grader.close()


def _floor(tier: Tier, repeats: int) -> Iterator[Row]:
    """Yield what cannot be had for less: two processes forked into their namespaces and ended, and the cells' time."""
    zygote = Zygote(IMPORTS, tier=tier)
    try:
        zygote.fork(("learner", "tester"), GradingLimits()).close()

        def pair() -> None:
            zygote.fork(("learner", "tester"), GradingLimits()).close()

        yield Row(f"floor: two processes forked, shut in ({tier}) and ended", _median(pair, FORKS), "s")
    finally:
        zygote.close()
    cells = compile("\n".join([DOUBLE.before, DOUBLE.right, DOUBLE.visible, DOUBLE.hidden]), "cells", "exec")
    yield Row("floor: the cells of that lesson, in one process", _median(lambda: exec(cells, {}), repeats), "s")


def _one_grading(grader: SandboxGrader, repeats: int) -> Iterator[Row]:
    lesson = DOUBLE.to_grade()
    grader.grade(lesson, {"answer": DOUBLE.right})  # records its contract
    took = _median(lambda: grader.grade(lesson, {"answer": DOUBLE.right}), repeats)
    yield Row("a small lesson graded, tests apart", took, "s")


def _endless_loops(grader: SandboxGrader) -> Iterator[Row]:
    limit = 1.0  # of each cell, as nbgrader's: one test is asked for, since each that loops has it anew
    limits = GradingLimits(cell_timeout_seconds=limit, total_timeout_seconds=10)
    over = []
    for answer in ("while True: pass", "def double(n):\n    while True: pass") * LOOPS:
        started = time.monotonic()
        result = grader.grade(DOUBLE.to_grade(limits), {"answer": answer}, only=["visible"])
        over.append(time.monotonic() - started - limit)
        if result.reason != "timeout":
            raise RuntimeError(f"an endless loop ended with {result.reason!r}")
    yield Row("an endless loop's end after its limit, the worst", max(over), "s", at_most=MORE_SECONDS)


def _processes_left(grader: SandboxGrader) -> Iterator[Row]:
    """Yield how many processes an answer that leaves detached children has a second after its end."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans come to us, so that they are seen
    grader.grade(DOUBLE.to_grade(LIMITS), {"answer": DOUBLE.right})  # what starts once, starts now
    time.sleep(LEFT_AFTER_SECONDS)
    before = _living()
    grader.grade(DOUBLE.to_grade(LIMITS), {"answer": LEAVES_CHILDREN + DOUBLE.right})
    time.sleep(LEFT_AFTER_SECONDS)
    left = len(_living()) - len(before)  # the pair kept ready is another one, and as large
    yield Row("processes left a second after a job", max(0, left), "", at_most=0)


def _idle_memory(tier: Tier) -> Iterator[Row]:
    before = _living()
    zygote = Zygote(IMPORTS, tier=tier)
    try:
        zygote.fork(("learner",), GradingLimits()).close()  # once it is ready
        pss = sum(_pss_bytes(pid) for pid in _living() - before) / MB
    finally:
        zygote.close()
    note = f"proportional share, with {', '.join(IMPORTS)}"
    yield Row("memory of an idle grader", pss, "MB", at_most=IDLE_MB, note=note)


def _living() -> set[int]:
    alive = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                alive.add(process.pid)
        except psutil.NoSuchProcess:
            continue
    return alive


def _pss_bytes(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _median(act: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        started = time.monotonic()
        act()
        taken.append(time.monotonic() - started)
    return statistics.median(taken)
