"""The learner's way, from signing in to handing in, with two learners at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from harness.answers import FIRST, MIDDLE_ODD_ONLY, RIGHT, SECOND, THIRD, TIDY, TO_NUMBER
from harness.demo import Demo
from harness.person import Person
from harness.visitor import Visitor
from nbgrader.api import Gradebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
REMEMBERS = """

print("remembered" if "before" in globals() else "fresh")
before = True
"""


def page_data(visitor: Visitor) -> dict[str, Any]:
    """Return what the server wrote into the open lesson page."""
    found: dict[str, Any] = json.loads(visitor.page.locator("#trailbook-data").text_content() or "")
    return found


def test_two_learners_learn_at_once(demo: Demo, visit: Visit) -> None:
    ada, grace = visit("ada"), visit("grace")

    # Home says what is next and what opens the rest.
    for person in (ada, grace):
        expect(person.page.get_by_role("heading", name="The Monday report").first).to_be_visible()
        expect(person.page.get_by_role("link", name=re.compile("Start lesson|Continue lesson")).first).to_be_visible()
        expect(person.page.get_by_text("80 %").first).to_be_visible()
    ada.picture("home-first-visit")

    # A lesson opens as a page: text, mathematics, a picture, the author's examples run.
    for person in (ada, grace):
        person.open_lesson(FIRST)
        expect(person.page.locator(".katex").first).to_be_visible()
        expect(person.page.locator(".tb-example", has_text="GOOD morning")).to_contain_text("GOOD MORNING")
    picture = ada.page.locator(".tb-markdown img").first
    assert picture.evaluate("image => image.naturalWidth") > 0

    # Run, a check that fails, a check that passes, an answer that earns its points.
    ada.write("tidy", TIDY + REMEMBERS)
    ada.press("tidy", "Run")
    expect(ada.exercise("tidy").locator(".tb-outputs")).to_contain_text("fresh")
    grace.write("tidy", "def tidy(text):\n    return text\n")
    grace.press("tidy", "Check")
    expect(grace.exercise("tidy").get_by_role("status")).to_contain_text("Check: 0 of 2 tests pass")
    ada.press("tidy", "Check")
    expect(ada.exercise("tidy").get_by_role("status")).to_contain_text("Check: all 2 tests pass")
    ada.press("tidy", "Submit answer")
    grace.press("tidy", "Submit answer")
    expect(ada.exercise("tidy").get_by_role("status")).to_contain_text("Correct")
    expect(ada.exercise("tidy").locator(".tb-exercise__points")).to_have_text("2 of 2 points")
    expect(grace.exercise("tidy").get_by_role("status")).to_contain_text("Not yet")
    expect(grace.exercise("tidy").locator(".tb-exercise__points")).to_have_text("0 of 2 points")

    # The requirement is met: the next lessons unlock at once, with the reason, for her and for nobody else.
    ada.answer("to-number", TO_NUMBER, points="4 of 4 points")
    unlocked = ada.page.locator(".tb-unlocked-place")
    expect(unlocked).to_contain_text("2 new lessons are open")
    expect(unlocked).to_contain_text("One total for each region")
    expect(unlocked).to_contain_text("Open because you reached 100 % in One clean line.")
    ada.picture("lesson-unlocked-next")
    expect(grace.page.locator(".tb-unlocked-place")).to_have_text("")

    # After a reload code, outputs, points and the very same kernel are there.
    ada.page.reload()
    expect(ada.exercise("tidy").locator(".cm-content")).to_contain_text("for word in words")
    expect(ada.exercise("tidy").locator(".tb-exercise__points")).to_have_text("2 of 2 points")
    expect(ada.exercise("to-number").locator(".tb-exercise__points")).to_have_text("4 of 4 points")
    kernel = page_data(ada)["kernel"]["id"]
    assert kernel
    ada.press("tidy", "Run")
    expect(ada.exercise("tidy").locator(".tb-outputs")).to_contain_text("remembered")
    ada.page.reload()
    expect(ada.exercise("tidy").locator(".tb-outputs")).to_contain_text("remembered")
    assert page_data(ada)["kernel"]["id"] == kernel

    # Home follows, and so does handing in: an nbgrader submission, with its scores in nbgrader's gradebook.
    ada.page.get_by_role("button", name="Hand in lesson").click()
    ada.page.get_by_role("button", name="Hand in", exact=True).click()
    expect(ada.page.get_by_text("Handed in").first).to_be_visible()
    expect(ada.page.get_by_text("It is being graded")).to_be_hidden()
    ada.page.goto(f"{ada.wire.url}/services/trailbook/")
    expect(ada.page.get_by_text("1 of 4 lessons mastered")).to_be_visible()
    ada.picture("home-one-lesson-mastered")
    course = demo.course("first-course")
    handed_in = nbformat.read(course / "submitted/ada/monday-report/01-one-line.ipynb", as_version=4)
    assert any("for word in words" in cell.source for cell in handed_in.cells)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "") as gradebook:
        submission = gradebook.find_submission_notebook("01-one-line", "monday-report", "ada")
        assert (submission.score, submission.needs_manual_grade) == (6, False)


def test_locked_lesson_is_403_and_says_what_opens_it(visit: Visit) -> None:
    linus = visit("linus")
    linus.open_lesson(FIRST)
    answer = linus.page.goto(linus.lesson_url("monday-report/04-answer-dana"))
    assert answer is not None
    assert answer.status == 403
    expect(linus.page.get_by_role("main")).to_contain_text("One total for each region")
    linus.picture("lesson-locked")
    assert "YOUR CODE HERE" not in linus.page.content()


def test_a_learner_gets_nothing_of_another(demo: Demo, visit: Visit) -> None:
    linus = visit("linus")
    linus.open_lesson(FIRST)
    with Person(demo.url, "grace", demo.passwords["grace"]) as grace:
        grace.start_server()
        grace.sign_in_to_courses()
        attempt = grace.submit(FIRST, "tidy", {"tidy": TIDY})
        assert grace.attempt(attempt["id"]).status_code == 200
    for path in (
        f"/user/grace/trailbook/lessons/first-course/{FIRST}",
        f"/user/grace/trailbook/api/lessons/first-course/{FIRST}",
        "/user/grace/api/contents",
        "/hub/user/grace/",
    ):
        answer = linus.page.goto(linus.wire.url + path)
        assert answer is not None
        assert answer.status in (403, 404), path
    mine = linus.page.goto(f"{linus.wire.url}/services/trailbook/api/v1/attempts/{attempt['id']}")
    assert mine is not None
    assert mine.status == 404


def test_widgets_work_in_a_lesson(demo: Demo, visit: Visit) -> None:
    with Person(demo.url, "ada", demo.passwords["ada"]) as setup:
        setup.sign_in_to_courses()
        for exercise, answers in RIGHT[FIRST].items():
            setup.submit(FIRST, exercise, answers)
    ada = visit("ada")
    ada.open_lesson(THIRD)
    slider = ada.page.get_by_role("slider").first
    expect(slider).to_be_visible()
    shown = ada.page.locator(".tb-outputs").filter(has=slider)
    expect(shown).to_contain_text("498.68")
    slider.focus()
    for _ in range(5):
        ada.page.keyboard.press("ArrowRight")
    expect(shown).to_contain_text(re.compile(r"534\.39"))
    ada.picture("lesson-widget")

    # Points for a part, and what is still missing.
    ada.answer("middle-answer", MIDDLE_ODD_ONLY, points="2 of 4 points")
    expect(ada.exercise("middle-answer").get_by_role("status")).to_contain_text("Partly there")


def test_adopted_quickstart_course_is_learnt_from_as_it_is(visit: Visit) -> None:
    grace = visit("grace")
    grace.open_lesson("ps1/problem1", course="course101")
    grace.answer(
        "squares",
        "def squares(n):\n    if n < 1:\n        raise ValueError(n)\n    return [k * k for k in range(1, n + 1)]\n",
        points="2 of 2 points",
    )
    grace.picture("lesson-quickstart")


def test_stopped_course_service_loses_nothing(demo: Demo, visit: Visit) -> None:
    with Person(demo.url, "grace", demo.passwords["grace"]) as setup:
        setup.sign_in_to_courses()
        for exercise, answers in RIGHT[FIRST].items():
            setup.submit(FIRST, exercise, answers)
    grace = visit("grace")
    grace.open_lesson(SECOND)
    demo.course_service().kill()
    expect(grace.page.get_by_text("The course service does not answer right now")).to_be_visible()
    grace.write("total-by-region", RIGHT[SECOND]["total-by-region"]["total-by-region"])
    grace.press("total-by-region", "Run")  # the kernel is the learner's own
    grace.press("total-by-region", "Submit answer")
    expect(grace.exercise("total-by-region").get_by_role("status")).to_contain_text("is sent by itself")
    grace.picture("lesson-service-down")
    # The hub starts the service again; then everything goes on without a click.
    points = grace.exercise("total-by-region").locator(".tb-exercise__points")
    expect(points).to_have_text("5 of 5 points", timeout=90_000)
    expect(grace.page.get_by_text("The course service does not answer right now")).to_be_hidden()
    with Person(demo.url, "grace", demo.passwords["grace"]) as check:  # sent again and again, taken once
        check.sign_in_to_courses()
        assert [attempt["exercise"] for attempt in check.attempts(SECOND)] == ["total-by-region"]
