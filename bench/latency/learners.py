"""Learners who are signed in with their lesson open: some in Chromium, the others as a page would be over HTTP."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from harness.latency import WATCH
from harness.person import SERVICE, Person
from playwright.async_api import Browser
from playwright.async_api import Page as Tab

from latency.client import Page, Waited
from latency.course import EXERCISE, LESSON_PATH, NAME, answer_of
from latency.hub import PASSWORD, Hub

AT_ONCE = 2  # servers that start at the same time
RIGHT_OF = 3  # two answers of three are right
_XSRF = re.compile(r'data-xsrf="([^"]*)"')


@dataclass
class OverHttp:
    """A learner whose page is `latency.client.Page`, at their own server or at the course service itself."""

    page: Page
    body: Mapping[str, Any]
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def submit(self) -> Waited:
        """Submit another answer and wait for its verdict."""
        number = next(self._numbers)
        answers = {EXERCISE: answer_of(number, right=bool(number % RIGHT_OF))}
        cells = "answers" if "answers" in self.body else "cells"
        return await self.page.submit({**self.body, cells: answers})


@dataclass
class InChromium:
    """A learner with the lesson open in a browser; the page itself takes the times."""

    tab: Tab
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def submit(self) -> Waited:
        """Write another answer, press *Submit answer*, and wait until the verdict is in the page."""
        number = next(self._numbers)
        await self.tab.locator(f'tb-exercise[data-exercise="{EXERCISE}"] .cm-content').first.click()
        await self.tab.keyboard.press("Control+a")
        await self.tab.keyboard.insert_text(answer_of(number, right=bool(number % RIGHT_OF)))
        times = await self.tab.evaluate(WATCH, EXERCISE)
        first = times.get("first_test")
        return Waited((times["received"] or 0) / 1000, first / 1000 if first else None, times["verdict"] / 1000)


def sign_in(hub: Hub, names: list[str]) -> list[Person]:
    """Sign learners in and start their servers."""

    def enter(name: str) -> Person:
        person = Person(hub.url, name, PASSWORD)
        person.start_server()
        person.sign_in_to_courses()
        return person

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(enter, names))


def at_own_server(hub: Hub, person: Person) -> OverHttp:
    """Return the learner with the lesson open on their own server, through the hub's proxy."""
    base = f"/user/{person.name}/trailbook"
    lesson = person.client.get(f"{base}/lessons/{LESSON_PATH}")
    xsrf = _XSRF.search(lesson.text)
    if lesson.status_code != 200 or xsrf is None:
        raise RuntimeError(f"{person.name} cannot open the lesson: {lesson.status_code}")
    headers = {"Cookie": _cookies(person, f"/user/{person.name}/"), "X-XSRFToken": xsrf[1], "X-Trailbook": "1"}
    page = Page(person.name, hub.port, headers, f"{base}/api/lessons/{LESSON_PATH}/attempts", f"{base}/api/events")
    return OverHttp(page, {"exercise": EXERCISE, "version": 1, "cells": {}})


def at_service(hub: Hub, person: Person) -> OverHttp:
    """Return the learner at the course service itself: no proxy, no server of their own in between."""
    headers = {"Cookie": _cookies(person, SERVICE), "X-Trailbook": "1"}
    path = f"{SERVICE}api/v1/courses/{NAME}/lessons/{LESSON_PATH.removeprefix(NAME + '/')}/attempts"
    page = Page(person.name, hub.service_port, headers, path, f"{SERVICE}api/v1/events")
    return OverHttp(page, {"exercise": EXERCISE, "version": 1, "answers": {}})


async def in_chromium(hub: Hub, browser: Browser, name: str) -> InChromium:
    """Return the learner with the lesson open in a browser of their own."""
    context = await browser.new_context()
    tab = await context.new_page()
    await tab.goto(hub.url)
    await tab.get_by_label("Name").fill(name)
    await tab.get_by_label("Password").fill(PASSWORD)
    await tab.get_by_role("button", name="Sign in").click()
    await tab.wait_for_url("**/services/trailbook/**")
    await tab.goto(f"{hub.url}/user/{name}/trailbook/lessons/{LESSON_PATH}")
    await tab.locator("tb-exercise .cm-content").first.wait_for(timeout=60_000)
    return InChromium(tab)


def _cookies(person: Person, path: str) -> str:
    """Return the Cookie header for a path, the most exact first, as a browser sends it."""
    jar = sorted(person.client.cookies.jar, key=lambda cookie: -len(cookie.path))
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar if path.startswith(cookie.path))
