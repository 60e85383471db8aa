"""Measure, in a real browser at a running demo, how long a learner waits from *Submit answer* to the verdict.

Run it as ``python -m harness.latency --url http://127.0.0.1:8000 --state .demo``, with ``tests`` on the path.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from harness.answers import FIRST, TIDY
from harness.demo import Demo
from harness.visitor import launch, visiting

PAUSE_MS = 3_100  # under the 20 attempts a minute that a course takes by default
WATCH = """async (exercise) => {
  const element = document.querySelector(`tb-exercise[data-exercise="${exercise}"]`);
  const times = {};
  const note = (name) => (times[name] ??= performance.now() - start);
  const start = performance.now();
  performance.clearResourceTimings();
  await new Promise((resolve, reject) => {
    const watch = () => {
      if (element.querySelector('.tb-result--stream')) note('first_test');
      const result = element.querySelector('.tb-exercise__result .tb-result');
      if (result && !element.querySelector('.tb-journey')) { note('verdict'); observer.disconnect(); resolve(); }
    };
    const observer = new MutationObserver(watch);
    element.querySelector('[data-action="submit"]').click();
    observer.observe(element, { subtree: true, childList: true, characterData: true });
    setTimeout(() => reject(new Error('no verdict in 30 s')), 30000);
  });
  const sent = performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('/attempts'));
  return { ...times, received: sent ? sent.responseEnd - start : null };
}"""


def measure(page: Page, exercise: str, *, times: int) -> list[dict[str, Any]]:
    """Submit the exercise's answer so many times, and return milliseconds from the click to what was seen."""
    found = []
    for _ in range(times):
        page.wait_for_timeout(PAUSE_MS)
        found.append(page.evaluate(WATCH, exercise))
    return found


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--state", required=True, type=Path)
    parser.add_argument("--learner", default="ada")
    parser.add_argument("--times", type=int, default=15)
    arguments = parser.parse_args()
    nothing = subprocess.Popen([sys.executable, "-c", ""])
    nothing.wait()
    port = urlsplit(arguments.url).port or 80
    demo = Demo(url=arguments.url.rstrip("/"), port=port, state=arguments.state, process=nothing)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with visiting(demo, browser, arguments.learner) as visitor:
            visitor.sign_in()
            visitor.open_lesson(FIRST)
            visitor.write("tidy", TIDY)
            found = measure(visitor.page, "tidy", times=arguments.times)
        browser.close()
    table = {
        name: {
            "median_ms": round(statistics.median(values)),
            "p95_ms": round(sorted(values)[max(0, int(len(values) * 0.95) - 1)]),
        }
        for name in ("received", "first_test", "verdict")
        if (values := [each[name] for each in found if each.get(name) is not None])
    }
    sys.stdout.write(json.dumps({"submissions": len(found), **table}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
