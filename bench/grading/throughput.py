"""Submissions a second beside nbgrader's, both in the same run, round by round."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grading.commands import nbgrader_autograde, trailbook_grade
from grading.courses import Batch, docs_course, first_learners, template_course
from grading.rows import Row

TIMES_SERIAL, TIMES_PARALLEL = 15.0, 6.0

MAKERS: tuple[Callable[..., Batch], ...] = (docs_course, template_course)


@dataclass(frozen=True)
class Round:
    """Notebooks a second of the three, one after the other in one round."""

    ours: float
    serial: float
    parallel: float


def throughput(folder: Path, *, learners: int, theirs: int, rounds: int, say: Callable[[str], None]) -> Iterator[Row]:
    """Yield the lines for each course.

    Parameters
    ----------
    learners
        Learners whose submissions `trailbook grade` grades; the start of the command counts too.
    theirs
        Learners whose submissions nbgrader grades: a part, since it takes seconds for each.
    rounds
        Ratios are medians over so many rounds.
    """
    for make in MAKERS:
        batch = make(folder / make.__name__, learners=learners)
        found = []
        for number in range(rounds):
            found.append(_round(batch, folder / f"{make.__name__}-{number}", theirs=theirs))
            say(f"{batch.name}, round {number + 1}: {found[-1]}")
        yield from _rows(batch, found, theirs=theirs)


def _round(batch: Batch, folder: Path, *, theirs: int) -> Round:
    fresh = first_learners(batch, folder / "trailbook", learners=batch.learners)
    ours = trailbook_grade(fresh)
    few = first_learners(batch, folder / "nbgrader", learners=theirs)
    serial = nbgrader_autograde(few)
    cores = os.cpu_count() or 1
    many = first_learners(batch, folder / "nbgrader-parallel", learners=theirs)
    parallel = nbgrader_autograde(many, processes=min(cores, theirs))
    shutil.rmtree(folder)
    return Round(ours.rate, serial.rate, parallel.rate)


def _rows(batch: Batch, found: list[Round], *, theirs: int) -> Iterator[Row]:
    def median(value: Callable[[Round], float]) -> float:
        return statistics.median(value(each) for each in found)

    ours, few = batch.learners * batch.notebooks, theirs * batch.notebooks
    per = "notebooks/s"
    yield Row(f"{batch.name}: trailbook grade", median(lambda each: each.ours), per, note=f"{ours} notebooks")
    yield Row(f"{batch.name}: nbgrader autograde", median(lambda each: each.serial), per, note=f"{few} notebooks")
    yield Row(f"{batch.name}: nbgrader, a process a core", median(lambda each: each.parallel), per)
    yield Row(f"{batch.name}: beside serial", median(lambda r: r.ours / r.serial), "times", at_least=TIMES_SERIAL)
    yield Row(f"{batch.name}: beside its best", median(lambda r: r.ours / r.parallel), "times", at_least=TIMES_PARALLEL)
