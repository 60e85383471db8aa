"""`make bench-durability`: measure what Trailbook promises of acknowledged answers; exit 1 where a goal is missed."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from support.postgres import find_binaries, running_cluster

from durability.acknowledge import LEARNERS, measure
from durability.block_disk import why_no_disk
from durability.crash import crash
from durability.power import cut_power
from durability.table import Row, table_of

SUBMISSIONS, KILLS = 1_000, 200
P95_MS, P99_MS = 100, 200
IMAGES, ACKNOWLEDGED = 20, 5_000


def main() -> int:
    """Measure, print the table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="make bench-durability", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this alone; may be given several times")
    parts = parser.parse_args().only or list(PARTS)
    rows: list[Row] = []
    for part in parts:
        for row in PARTS[part]():
            rows.append(row)
            sys.stderr.write(f"{row.name}: {row.measured:,.0f} (goal {row.goal}, load {os.getloadavg()[0]:.1f})\n")
    print(table_of(rows))
    return 0 if all(row.is_reached for row in rows) else 1


def acknowledge() -> Iterator[Row]:
    """Measure how soon a class that submits in the same instant is acknowledged."""
    with tempfile.TemporaryDirectory(prefix="trailbook-bench-") as folder:
        times = measure(Path(folder))
    yield Row.most(f"{LEARNERS} learners at once over HTTP, acknowledged, p95, ms", times.percentile(0.95), P95_MS)
    yield Row.most(f"{LEARNERS} learners at once over HTTP, acknowledged, p99, ms", times.percentile(0.99), P99_MS)


def kill() -> Iterator[Row]:
    """Kill service, workers and clients while answers are acknowledged."""
    yield from _killed("SQLite, graded by the service", "")
    binaries = find_binaries()
    if binaries is None:
        sys.stderr.write("skipped: PostgreSQL is not installed\n")
        return
    with running_cluster(binaries) as cluster:
        yield from _killed("PostgreSQL, graded by a worker", cluster.database(), with_cluster=True)


def _killed(database: str, url: str, *, with_cluster: bool = False) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="trailbook-bench-") as folder:
        crashes = crash(Path(folder), submissions=SUBMISSIONS, kills=KILLS, database_url=url, with_cluster=with_cluster)
    killed = ", ".join(f"{count} {name}" for name, count in sorted(crashes.kills.items()))
    audit = crashes.audit
    sys.stderr.writelines(f"not graded: {each}\n" for each in audit.why)
    yield Row.least(f"{database}: kills ({killed})", sum(crashes.kills.values()), KILLS)
    yield Row.least(f"{database}: acknowledged under kills", audit.acknowledged, SUBMISSIONS)
    yield Row.most(f"{database}: of them lost", audit.lost, 0)
    yield Row.most(f"{database}: of them there twice", audit.twice, 0)
    yield Row.most(f"{database}: of them not graded in the end", audit.ungraded, 0)


def power() -> Iterator[Row]:
    """Cut the power while answers are acknowledged, with and without waiting for the disk."""
    reason = why_no_disk()
    if reason:
        sys.stderr.write(f"skipped: the power cannot be cut here: {reason}\n")
        return
    cuts = cut_power(images=IMAGES, at_least=ACKNOWLEDGED)
    yield Row.least("power cuts", cuts.images, IMAGES)
    yield Row.least("acknowledged before the last cut", cuts.acknowledged, ACKNOWLEDGED)
    yield Row.most("of them lost in any cut", cuts.lost, 0)
    careless = cut_power(images=IMAGES, at_least=ACKNOWLEDGED, synchronous="NORMAL")
    name = f"lost with synchronous=NORMAL, of {careless.acknowledged:,} (it shows that the test can see a loss)"
    yield Row.least(name, careless.lost, 1)


PARTS: dict[str, Callable[[], Iterator[Row]]] = {"acknowledge": acknowledge, "power": power, "kill": kill}

if __name__ == "__main__":
    sys.exit(main())
