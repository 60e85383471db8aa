"""The three measurements, and what they must reach."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.visitor import launch_options
from playwright.async_api import async_playwright

from latency.client import Waited
from latency.hub import Hub, measured_hub
from latency.learners import InChromium, OverHttp, at_own_server, at_service, in_chromium, sign_in

Learner = InChromium | OverHttp


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes
    ----------
    learners, browsers
        Learners in all, and how many of them sit in Chromium.
    every_seconds, turns
        Pause between two answers of a learner, and how many each sends.
    bursts
        How often all submit in the same instant.
    alone
        Answers of one learner at the course service while nobody else is there.
    """

    learners: int = 20
    browsers: int = 4
    every_seconds: float = 10.0
    turns: int = 6
    bursts: int = 5
    alone: int = 12


SHORT = Plan(turns=3, bursts=2, alone=8)


@dataclass(frozen=True)
class Row:
    """One line of the table: seconds measured, the most they may be, and whether they are."""

    name: str
    measured: float
    goal: float
    unit: str = "s"

    @property
    def held(self) -> bool:
        """Whether the goal is reached."""
        return self.measured <= self.goal

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain values."""
        return {"name": self.name, "measured": self.measured, "goal": self.goal, "unit": self.unit, "held": self.held}


@dataclass(frozen=True)
class Times:
    """What was waited in each measurement."""

    alone: Sequence[Waited]
    browser: Sequence[Waited]
    http: Sequence[Waited]
    bursts: Sequence[Waited]


def rows(times: Times) -> list[Row]:
    """Return the table."""
    return [
        Row("service alone, verdict, median", _median(times.alone), 0.15),
        Row("20 learners, each every 10 s: verdict in the browser, median", _median(times.browser), 0.4),
        Row("20 learners, each every 10 s: verdict in the browser, p95", _percentile(times.browser, 0.95), 1.0),
        Row("20 learners, each every 10 s: verdict over HTTP, median", _median(times.http), 0.4),
        Row("20 learners, each every 10 s: verdict over HTTP, p95", _percentile(times.http, 0.95), 1.0),
        Row("20 learners in the same instant: the last verdict", max(each.verdict for each in times.bursts), 3.0),
    ]


def measure(plan: Plan = Plan(), *, say: Callable[[str], None] = lambda text: None) -> list[Row]:
    """Run everything in a hub of its own and return the table's rows."""
    return rows(run(plan, say=say))


def run(plan: Plan, *, say: Callable[[str], None]) -> Times:
    """Run everything in a hub of its own and return what was waited."""
    names = [f"learner-{number:02}" for number in range(plan.learners)]
    with tempfile.TemporaryDirectory(prefix="trailbook-latency-") as folder, measured_hub(Path(folder), names) as hub:
        say("The hub runs")
        return asyncio.run(_run(hub, names, plan, say))


async def _run(hub: Hub, names: Sequence[str], plan: Plan, say: Callable[[str], None]) -> Times:
    over_http = await asyncio.to_thread(sign_in, hub, list(names[plan.browsers :]))
    say("The servers run")
    single = at_service(hub, over_http[0])
    await single.page.open()
    await single.submit()  # the first one warms up
    alone = [await single.submit() for _ in range(plan.alone)]
    await single.page.close()
    say(f"Alone: {_told(alone)}")
    async with AsyncExitStack() as stack:
        pages: list[Learner] = [at_own_server(hub, person) for person in over_http]
        for page in pages:
            await page.page.open()
            stack.push_async_callback(page.page.close)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(**launch_options())
        stack.push_async_callback(browser.close)
        tabs: list[Learner] = [await in_chromium(hub, browser, name) for name in names[: plan.browsers]]
        say("The pages are open")
        await _all(each.submit() for each in (*tabs, *pages))
        await asyncio.sleep(plan.every_seconds / 2)
        taken = await _all(_submit_in_turns(each, plan) for each in (*tabs, *pages))
        in_browser = [each for waited in taken[: len(tabs)] for each in waited]
        elsewhere = [each for waited in taken[len(tabs) :] for each in waited]
        say(f"In the browser: {_told(in_browser)}\nOver HTTP: {_told(elsewhere)}")
        bursts: list[Waited] = []
        for _ in range(plan.bursts):
            await asyncio.sleep(plan.every_seconds / 2)
            bursts += await _all(each.submit() for each in (*tabs, *pages))
        say(f"In the same instant: {_told(bursts)}")
    return Times(alone, in_browser, elsewhere, bursts)


async def _submit_in_turns(learner: Learner, plan: Plan) -> list[Waited]:
    """Submit at a random place in each turn."""
    waited, begun = [], time.monotonic()
    for turn in range(plan.turns):
        due = begun + (turn + random.random()) * plan.every_seconds
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        waited.append(await learner.submit())
    return waited


async def _all(work: Any) -> list[Any]:
    waiting: list[Awaitable[Any]] = list(work)
    return list(await asyncio.gather(*waiting))


def _told(waited: Sequence[Waited]) -> str:
    parts = [f"{len(waited)} answers, median {_median(waited):.3f} s, p95 {_percentile(waited, 0.95):.3f} s"]
    parts.append(f"received {statistics.median(each.received for each in waited):.3f} s")
    firsts = [each.first_test for each in waited if each.first_test is not None]
    if firsts:
        parts.append(f"first test {statistics.median(firsts):.3f} s")
    return ", ".join(parts)


def _median(waited: Sequence[Waited]) -> float:
    return round(statistics.median(each.verdict for each in waited), 3)


def _percentile(waited: Sequence[Waited], share: float) -> float:
    ordered = sorted(each.verdict for each in waited)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
