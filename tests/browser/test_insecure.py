"""A demo that was started without a sandbox says so on every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.answers import FIRST
from harness.demo import Demo, running_demo
from harness.visitor import visiting
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

WORDS = "Started without a sandbox (--insecure)"


@pytest.fixture(scope="module")
def insecure_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("insecure") / "state", "--insecure") as running:
        yield running
        assert running.faults() == []


def shows_banner(page: Page) -> None:
    banner = page.get_by_role("note").filter(has_text=WORDS)
    expect(banner).to_be_visible()
    expect(banner).to_be_in_viewport()


def test_every_page_of_an_insecure_demo_says_so(insecure_demo: Demo, browser: Browser) -> None:
    with visiting(insecure_demo, browser, "ada") as ada:
        ada.page.goto(ada.wire.url)
        shows_banner(ada.page)
        ada.sign_in()
        shows_banner(ada.page)
        ada.picture("insecure-home")
        ada.open_lesson(FIRST)
        shows_banner(ada.page)
        ada.page.goto(ada.lesson_url("monday-report/04-answer-dana"))  # locked
        shows_banner(ada.page)
        ada.page.goto(f"{ada.wire.url}/hub/no-such-page")
        shows_banner(ada.page)
        ada.page.goto(f"{ada.wire.url}/hub/token")  # a page of JupyterHub's own
        expect(ada.page.get_by_text(WORDS)).to_be_visible()
    with visiting(insecure_demo, browser, "greta") as greta:
        greta.sign_in()
        for page in ("lab", "formgrader/manage_assignments"):
            greta.page.goto(f"{greta.wire.url}/services/staff-first-course/{page}")
            shows_banner(greta.page)
            greta.page.wait_for_load_state("networkidle")  # a server logs a traceback for who leaves in the middle
        greta.picture("insecure-formgrader")
