"""The grader's way and the instructor's way, on the staff server."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import pytest
from harness.answers import FIRST, LAST, REPLY, RIGHT, SECOND, THIRD, TIDY, WINNER
from harness.demo import Demo
from harness.person import Person
from harness.visitor import Visitor
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
STAFF = "/services/staff-first-course"
COMMENT = "Clear and to the point. Next time say what Dana should do at nine."


def test_grader_scores_a_manual_answer_and_the_learner_sees_it(demo: Demo, visit: Visit) -> None:
    with Person(demo.url, "linus", demo.passwords["linus"]) as setup:
        setup.sign_in_to_courses()
        for lesson in (FIRST, SECOND, THIRD):
            for exercise, answers in RIGHT[lesson].items():
                assert setup.submit(lesson, exercise, answers)["status"] == "done"
    linus = visit("linus")
    linus.open_lesson(LAST)
    linus.answer("winner", WINNER, points="4 of 4 points")
    linus.write("reply", REPLY)
    linus.page.get_by_role("button", name="Hand in lesson").click()
    linus.page.get_by_role("button", name="Hand in", exact=True).click()
    expect(linus.exercise("reply").get_by_role("status")).to_contain_text("Waiting for a person")

    greta = visit("greta")
    greta.page.goto(f"{greta.wire.url}{STAFF}/formgrader/gradebook/monday-report/04-answer-dana")
    greta.picture("formgrader-submissions")
    with greta.page.expect_response(re.compile("/api/comments")), greta.page.expect_response(re.compile("/api/grades")):
        greta.page.get_by_role("link", name=re.compile("Submission #1")).click()
    answer = greta.page.locator(".nbgrader_cell", has_text="two hundred euros ahead")
    score = answer.locator("input.score")
    expect(score).to_have_class(re.compile("needs_manual_grade"))
    score.fill("3")
    with greta.page.expect_response(re.compile("/api/grade/")):
        greta.page.keyboard.press("Tab")
    answer.locator("textarea.comment").fill(COMMENT)
    with greta.page.expect_response(re.compile("/api/comment/")):
        greta.page.keyboard.press("Tab")
    expect(greta.page.locator(".MathJax").first).to_be_visible()
    greta.picture("formgrader-scored")

    # Points and comment come to the open page by themselves, and the path moves.
    expect(linus.exercise("reply").locator(".tb-exercise__points")).to_have_text("3 of 4 points")
    expect(linus.exercise("reply")).to_contain_text(COMMENT)
    linus.picture("lesson-graded-by-person")
    linus.page.goto(f"{linus.wire.url}/services/trailbook/")
    expect(
        linus.page.get_by_text("4 of 4 lessons mastered").or_(linus.page.get_by_text("You finished")).first
    ).to_be_visible()


def test_instructor_edits_in_lab_and_releases_in_its_terminal(demo: Demo, visit: Visit) -> None:
    with Person(demo.url, "ada", demo.passwords["ada"]) as setup:
        setup.sign_in_to_courses()
        setup.submit(FIRST, "tidy", {"tidy": TIDY})
        before = setup.lesson(FIRST).json()
    ada = visit("ada")
    ada.open_lesson(FIRST)
    points = ada.exercise("tidy").locator(".tb-exercise__points").text_content() or ""
    text = ada.exercise("tidy").locator(".cm-content").inner_text()

    ines = visit("ines")
    page = ines.page
    page.goto(f"{ines.wire.url}{STAFF}/lab/tree/source/monday-report/01-one-line.ipynb?reset")
    cell = page.locator(".jp-MarkdownCell", has_text="You open the file.").first
    expect(cell).to_be_visible(timeout=60_000)
    # A kernel that starts changes the notebook's metadata: a save before that would leave it unsaved again.
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    cell.dblclick()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n\nThis sentence was added in JupyterLab.\n")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Control+s")
    source = demo.course("first-course") / "source/monday-report/01-one-line.ipynb"
    expect(page.locator(".jp-Notebook")).to_be_visible()
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    assert "added in JupyterLab" in json.dumps(json.loads(source.read_text("utf-8")))
    ines.picture("lab-source-notebook")

    page.goto(f"{ines.wire.url}{STAFF}/lab?reset")
    page.locator(".jp-LauncherCard", has_text="Terminal").click()
    terminal = page.locator(".jp-Terminal .xterm")
    expect(terminal).to_be_visible()
    terminal.click()
    page.keyboard.type("trailbook release .\n")
    # The terminal draws on a canvas; what it did is seen from outside.
    with Person(demo.url, "ada", demo.passwords["ada"]) as check:
        check.sign_in_to_courses()
        deadline = time.monotonic() + 60
        while check.lesson(FIRST).json()["version"]["number"] == before["version"]["number"]:
            assert time.monotonic() < deadline
            page.wait_for_timeout(200)
        assert check.lesson(FIRST).json()["version"]["number"] == before["version"]["number"] + 1
    ines.picture("lab-terminal-release")

    ada.open_lesson(FIRST)
    expect(ada.page.get_by_text("This sentence was added in JupyterLab.")).to_be_visible()
    expect(ada.exercise("tidy").locator(".tb-exercise__points")).to_have_text(points)
    assert ada.exercise("tidy").locator(".cm-content").inner_text() == text


def test_a_learner_has_no_way_into_the_staff_server(visit: Visit) -> None:
    ada = visit("ada")
    for path in ("/lab", "/formgrader/", "/api/contents/source"):
        answer = ada.page.goto(f"{ada.wire.url}{STAFF}{path}")
        assert answer is not None
        assert answer.status == 403, path
