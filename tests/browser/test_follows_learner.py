"""A course that follows its learner: an expert, an average and a struggling learner end on different paths."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from harness.answers import MIDDLE, TIDY, TO_NUMBER
from harness.opening import TRAILBOOK, opened
from harness.visitor import ARTIFACTS
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

WRONG = "def tidy(text):\n    return text\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The first course, its lessons opened by skills."""
    folder = tmp_path / "a course"
    subprocess.run([TRAILBOOK, "new", "first-course", str(folder)], check=True, capture_output=True)
    with (folder / "course.yaml").open("a", encoding="utf-8") as manifest:
        manifest.write("mastery: {}\n")
    return folder


def test_expert_tests_out_of_a_lesson_that_is_locked(course: Path, browser: Browser) -> None:
    with opened(course) as (url, _), browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        lesson = stop(page, "03-one-big-order")
        expect(lesson).to_have_attribute("data-status", "locked")
        lesson.locator(".tb-menu summary").press("Enter")
        lesson.get_by_role("button", name="I know this").press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Begin").press("Enter")
        expect(dialog).to_contain_text("Your exercises")
        dialog.get_by_role("link", name="Start with the first").press("Enter")
        expect(page.locator("[data-news]")).to_contain_text("ahead of your path")
        answer(page, "middle-answer", MIDDLE, verdict="Correct")
        expect(page.locator("[data-news]")).to_contain_text("You know One big order")
        page.goto(url)
        expect(stop(page, "03-one-big-order")).to_have_attribute("data-status", "mastered")
        expect(stop(page, "01-one-line")).to_have_attribute("data-status", "open")


def test_average_learner_sees_what_each_skill_is_believed_for(course: Path, browser: Browser) -> None:
    with opened(course) as (url, _), browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(url)
        page.get_by_role("link", name="Start lesson").click()
        answer(page, "tidy", TIDY, verdict="Correct")
        answer(page, "to-number", TO_NUMBER, verdict="Correct")
        page.goto(url)
        expect(page.locator('[data-skill="text"]')).to_contain_text("You solved 2 of 2 on text, last today.")
        expect(stop(page, "02-totals")).to_have_attribute("data-status", "open")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=ARTIFACTS / "follows-learner.png", full_page=True)


def test_struggling_learner_says_too_hard_and_asks_a_person(course: Path, browser: Browser) -> None:
    with opened(course) as (url, _), browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        page.get_by_role("link", name="Start lesson").click()
        answer(page, "tidy", WRONG, verdict="Not yet")
        exercise = page.locator('tb-exercise[data-exercise="tidy"]')
        exercise.get_by_role("button", name="Too hard?").press("Enter")
        expect(exercise.locator(".tb-help__title")).to_be_focused()
        exercise.get_by_label("Your question").fill("What is a small letter?")
        exercise.get_by_role("button", name="Send question").press("Enter")
        expect(exercise.locator('[data-way="person"]')).to_contain_text("Sent.")
        page.goto(url)
        expect(page.locator('[data-skill="text"]')).to_contain_text("You solved 0 of 1 on text, last today.")
        expect(stop(page, "02-totals")).to_have_attribute("data-status", "locked")
        expect(stop(page, "02-totals")).to_contain_text("min of work away")


def stop(page: Page, lesson: str) -> Locator:
    return page.locator(f'.tb-stop[data-lesson="monday-report/{lesson}"]')


def answer(page: Page, name: str, source: str, *, verdict: str) -> None:
    """Write the answer to an exercise, send it, and wait for what it got."""
    exercise = page.locator(f'tb-exercise[data-exercise="{name}"]')
    exercise.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    exercise.get_by_role("button", name="Submit answer").click()
    expect(exercise.locator(".tb-exercise__result")).to_contain_text(verdict)
