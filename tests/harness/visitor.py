"""A person with a browser of their own: everything they receive and every address they ask for is kept."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from harness.demo import Demo
from harness.secret_texts import secret_lines
from harness.wire import Wire
from trailbook_hub.demo.cast import COURSES, LEARNERS

ARTIFACTS = Path("test-artifacts")
SHOWN_SECONDS = 30
STARTED_SECONDS = 60

expect.set_options(timeout=SHOWN_SECONDS * 1000)


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium."""
    return playwright.chromium.launch(**launch_options())


def launch_options() -> dict[str, Any]:
    """Return how Debian's Chromium is started; as root it does without its own sandbox."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt install chromium"
    return {"executable_path": path, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}


class Visitor:
    """One person in one browser profile."""

    def __init__(self, demo: Demo, name: str, *, wire: Wire, context: BrowserContext) -> None:
        self.demo = demo
        self.name = name
        self.wire = wire
        self.context = context
        self.asked: list[str] = []
        self.faults: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.page = context.new_page()
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))

    def sign_in(self) -> Page:
        """Sign in at the hub, which leads to Home."""
        self.page.goto(self.wire.url)
        self.page.get_by_label("Name").fill(self.name)
        self.page.get_by_label("Password").fill(self.demo.passwords[self.name])
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(re.compile("/services/trailbook/"))
        return self.page

    def lesson_url(self, lesson: str, *, course: str = "first-course", owner: str | None = None) -> str:
        """Return the address of a lesson page on a learner's own server."""
        return f"{self.wire.url}/user/{owner or self.name}/trailbook/lessons/{course}/{lesson}"

    def open_lesson(self, lesson: str, *, course: str = "first-course") -> Page:
        """Open a lesson page and wait until its exercises can be worked on."""
        self.page.goto(self.lesson_url(lesson, course=course))
        expect(self.page.locator("tb-exercise .cm-content").first).to_be_visible(timeout=STARTED_SECONDS * 1000)
        return self.page

    def exercise(self, name: str) -> Locator:
        """Return an exercise of the open lesson."""
        return self.page.locator(f'tb-exercise[data-exercise="{name}"]')

    def write(self, exercise: str, source: str) -> None:
        """Replace the text in an exercise's editor, as a person does who pastes."""
        self.exercise(exercise).locator(".cm-content").first.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def press(self, exercise: str, button: str) -> None:
        """Press one of an exercise's buttons."""
        self.exercise(exercise).get_by_role("button", name=button, exact=True).click()

    def answer(self, exercise: str, source: str, *, points: str) -> None:
        """Write and submit an answer and wait for its points."""
        self.write(exercise, source)
        self.press(exercise, "Submit answer")
        expect(self.exercise(exercise).locator(".tb-exercise__points")).to_have_text(points)

    def picture(self, name: str) -> None:
        """Keep a screenshot of the whole page."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)

    def asked_elsewhere(self) -> list[str]:
        """Return every address on another machine that was asked for."""
        schemes = ("http", "https", "ws", "wss")
        return [url for url in self.asked if urlsplit(url).scheme in schemes and urlsplit(url).hostname != "127.0.0.1"]


@contextmanager
def visiting(demo: Demo, browser: Browser, name: str, **options: object) -> Iterator[Visitor]:
    """Give a person a browser; on the way out, no request may have left the machine, and no script may have failed."""
    with Wire(demo.port) as wire:
        # Plain bodies, so that the wire can be read.
        context = browser.new_context(extra_http_headers={"Accept-Encoding": "identity"}, **options)  # type: ignore[arg-type]
        visitor = Visitor(demo, name, wire=wire, context=context)
        yield visitor
        context.close()
        assert visitor.asked_elsewhere() == []
        assert visitor.faults == []
        if name in LEARNERS:
            assert wire.find(secret_texts(demo)) == []


def secret_texts(demo: Demo) -> set[str]:
    """Return every line of a solution or hidden test in the demo's courses."""
    courses = [demo.course(name) for name in COURSES]
    found = {line for course in courses for line in secret_lines(course)}
    assert len(found) > 20
    return found
