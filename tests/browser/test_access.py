"""Accessibility as far as axe can see it, in a wide and a narrow window, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness.answers import FIRST
from harness.demo import Demo
from harness.looks import findings, overflow
from harness.visitor import Visitor, visiting
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

WIDTHS = [1280, 390]


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
