"""``python -m bench.grading``: measure, print the table, and end with 1 where a goal is missed."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests")]

from grading.box import box  # noqa: E402 - found from here on
from grading.hostile import hostile_batch  # noqa: E402
from grading.rows import Row, as_table  # noqa: E402
from grading.suites import adversarial, compatibility  # noqa: E402
from grading.throughput import throughput  # noqa: E402


@dataclass(frozen=True)
class Plan:
    """How much is measured; see `throughput` and `hostile_batch`."""

    learners: int = 60
    theirs: int = 4
    rounds: int = 3
    submissions: int = 300
    repeats: int = 30


QUICK = Plan(learners=20, theirs=2, rounds=1, submissions=60, repeats=10)
Part = Callable[[Plan, Path], Iterator[Row]]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.grading", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer submissions and rounds")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--only", nargs="+", choices=[*PARTS], default=[*PARTS], help="parts to measure")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else Plan()
    found: list[Row] = []
    for name in arguments.only:
        _say(f"{name} …")
        with tempfile.TemporaryDirectory(prefix="trailbook-bench-") as folder:
            found += PARTS[name](plan, Path(folder))
    for line in (json.dumps(row.as_json()) for row in found) if arguments.json else as_table(found):
        print(line)
    _say(f"load of the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0 if all(row.held for row in found) else 1


def _throughput(plan: Plan, folder: Path) -> Iterator[Row]:
    return throughput(folder, learners=plan.learners, theirs=plan.theirs, rounds=plan.rounds, say=_say)


def _latency(plan: Plan, folder: Path) -> Iterator[Row]:
    if importlib.util.find_spec("latency") is None:
        return
    from latency.measure import SHORT, measure
    from latency.measure import Plan as Latency

    for row in measure(SHORT if plan is QUICK else Latency(), say=_say):
        yield Row(row.name, row.measured, row.unit, at_most=row.goal)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


PARTS: Mapping[str, Part] = {
    "throughput": _throughput,
    "box": lambda plan, folder: box(repeats=plan.repeats),
    "batch": lambda plan, folder: hostile_batch(folder, submissions=plan.submissions),
    "adversarial": lambda plan, folder: adversarial(),
    "compatibility": lambda plan, folder: compatibility(),
    "latency": _latency,
}


if __name__ == "__main__":
    sys.exit(main())
