"""A browser for each file, and people who visit the demo hub with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from harness.demo import Demo
from harness.visitor import Visitor, launch, visiting
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Not longer: Playwright keeps an event loop in this thread, and other tests want their own."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(demo: Demo, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Return what gives a person, by name, a browser that is signed in; a failed test keeps what they saw."""
    visitors: list[Visitor] = []
    with ExitStack() as stack:

        def sign_in(name: str, **options: object) -> Visitor:
            visitor = stack.enter_context(visiting(demo, browser, name, **options))
            visitors.append(visitor)
            visitor.sign_in()
            return visitor

        yield sign_in
        if request.session.testsfailed > request.node.stash[_FAILED_BEFORE]:
            for visitor in visitors:
                visitor.picture(f"failed-{request.node.name}-{visitor.name}")


_FAILED_BEFORE = pytest.StashKey[int]()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note how many tests failed before this one."""
    item.stash[_FAILED_BEFORE] = item.session.testsfailed
