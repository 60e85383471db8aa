"""`trailbook open`: the same lessons for one person, without a hub."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from harness.answers import TIDY, TO_NUMBER
from harness.opening import TRAILBOOK, opened
from harness.visitor import ARTIFACTS
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A first course in a folder with a space in its name."""
    folder = tmp_path / "my courses" / "first course"
    folder.parent.mkdir()
    subprocess.run([TRAILBOOK, "new", "first-course", str(folder)], check=True, capture_output=True)
    return folder


def test_open_course_is_learnt_from_and_found_again(course: Path, browser: Browser) -> None:
    with opened(course) as (url, process), browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        expect(page).to_have_url(re.compile("/services/trailbook/$"))
        page.get_by_role("link", name="Start lesson").first.click()
        exercise = page.locator('tb-exercise[data-exercise="tidy"]')
        for name, source in {"tidy": TIDY, "to-number": TO_NUMBER}.items():
            exercise = page.locator(f'tb-exercise[data-exercise="{name}"]')
            exercise.locator(".cm-content").click()
            page.keyboard.press("Control+a")
            page.keyboard.insert_text(source)
            exercise.get_by_role("button", name="Submit answer").click()
            expect(exercise.get_by_role("status")).to_contain_text("Correct")
        expect(page.locator(".tb-unlocked-place")).to_contain_text("One big order")
        page.screenshot(path=ARTIFACTS / "open-lesson.png")
        page.get_by_role("link", name="Home").first.click()
        expect(page.get_by_text("1 of 4 lessons mastered")).to_be_visible()
        stranger = browser.new_context()
        answer = stranger.new_page().goto(page.url)
        assert answer is not None
        assert answer.status == 401
        stranger.close()
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert psutil.wait_procs(children, timeout=5)[1] == []
    with opened(course) as (url, _), browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        expect(page.get_by_text("1 of 4 lessons mastered")).to_be_visible()


def test_open_folder_without_course_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run([TRAILBOOK, "open", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"trailbook: {tmp_path} has no course.yaml. `trailbook init {tmp_path}` writes one.\n"
