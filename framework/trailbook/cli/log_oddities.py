"""What is odd about a log of answers, said on standard error before it is used."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

from trailbook.cli.output import printable

if TYPE_CHECKING:
    from trailbook.adapters.logs import CsvLog

EVERY = 1_000_000  # rows between two reports of progress


def read_learners(log: CsvLog, *, skills: Collection[str] | None = None) -> set[str]:
    """Read a log once, say what is odd about it, and return who is in it.

    Parameters
    ----------
    skills
        The skills there should be, beside exercises that stand for one; None where any may be.
    """
    learners: set[str] = set()
    strange: set[str] = set()
    rows = repeated = backwards = nameless = 0
    for rows, row in enumerate(log.rows(), 1):
        learners.add(row.answer.learner)
        repeated += row.repeated
        backwards += row.backwards
        nameless += not row.answer.skills
        if skills is not None:
            strange.update(name for name in row.answer.skills if name not in skills and "#" not in name)
        if rows % EVERY == 0:
            say(f"{rows:,} rows read …")
    if repeated:
        say(f"Left out {repeated:,} of {rows:,} rows: each repeats the row above it.")
    if backwards:
        say(f"In {backwards:,} rows time goes backwards; the file's order counts.")
    if nameless:
        say(f"{nameless:,} rows name no skill; each item stands for one of its own.")
    if strange:
        say(f"The course has no skill {min(strange)}{_and_more(len(strange) - 1)}; the log counts as it is.")
    return learners


def say(line: str) -> None:
    """Print a line on standard error, harmless to a terminal."""
    print(printable(line), file=sys.stderr, flush=True)


def _and_more(others: int) -> str:
    return f", nor {others:,} others that the log names" if others else ""
