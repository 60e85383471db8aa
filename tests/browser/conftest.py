"""A browser for the session, and people who visit the demo hub with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from harness.demo import Demo
from harness.visitor import Visitor, launch, visiting
from playwright.sync_api import Browser, sync_playwright

LEARNERS: list[Visitor] = []
"""Every learner who visited in this session; what they received is searched at the end."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(demo: Demo, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Return what gives a person, by name, a browser that is signed in."""
    with ExitStack() as stack:

        def sign_in(name: str, **options: object) -> Visitor:
            visitor = stack.enter_context(visiting(demo, browser, name, **options))
            visitor.sign_in()
            return visitor

        yield sign_in
