"""Accessibility as far as axe can see it, in a wide and a narrow window, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.answers import FIRST
from harness.demo import Demo
from harness.visitor import Visitor, visiting
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "extensions/web/node_modules/axe-core/axe.min.js"
WIDTHS = [1280, 390]


def findings(page: Page) -> list[str]:
    """Return what axe finds, a line each: rule and element."""
    # Evaluated, not added to the page: the page's own policy allows no foreign script.
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    width: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_sign_in_page_is_accessible(demo: Demo, browser: Browser, width: int, scheme: str) -> None:
    with visiting(demo, browser, "ada", viewport={"width": width, "height": 800}, color_scheme=scheme) as ada:
        ada.page.goto(ada.wire.url)
        expect(ada.page.get_by_label("Password")).to_be_visible()
        assert findings(ada.page) == []
        assert overflow(ada.page) == 0
        ada.picture(f"sign-in-{width}-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_home_and_lesson_are_accessible(visit: Callable[..., Visitor], width: int, scheme: str) -> None:
    ada = visit("ada", viewport={"width": width, "height": 800}, color_scheme=scheme)
    expect(ada.page.get_by_role("heading", name="The Monday report").first).to_be_visible()
    assert findings(ada.page) == []
    assert overflow(ada.page) == 0
    ada.picture(f"home-{width}-{scheme}")
    ada.open_lesson(FIRST)
    expect(ada.page.locator(".katex").first).to_be_visible()
    expect(ada.page.get_by_text("Python is ready")).to_be_visible()
    assert findings(ada.page) == []
    assert overflow(ada.page) == 0
    ada.picture(f"lesson-{width}-{scheme}")
