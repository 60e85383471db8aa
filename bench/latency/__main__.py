"""``python -m bench.latency``: measure, print the table, and end with 1 where a goal is missed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests")]

from latency.measure import SHORT, Plan, measure  # noqa: E402 - found from here on


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer answers")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    found = measure(SHORT if arguments.short else Plan(), say=lambda text: print(text, file=sys.stderr, flush=True))
    for row in found:
        if arguments.json:
            print(json.dumps(row.as_json()))
        else:
            mark = "held  " if row.held else "MISSED"
            print(f"{mark}  {row.measured:8.3f} {row.unit}  (at most {row.goal} {row.unit})  {row.name}")
    load, *_ = os.getloadavg()
    print(f"load of the last minute: {load:.1f} on {os.cpu_count()} cores", file=sys.stderr)
    return 0 if all(row.held for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
