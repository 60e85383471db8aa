"""What a learner sees of a verdict: as its tests end, by the course's rules, and when the next answer must wait.

After the other tests: it changes the demo's second course.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import psutil
import pytest
from harness.demo import Demo
from harness.looks import findings, overflow
from harness.person import Person
from harness.verdict_lessons import (
    COURSE,
    ENDS,
    EXERCISE,
    HIDDEN_WRONG,
    LATER,
    NEVER,
    NOW,
    PARTLY,
    RIGHT,
    SLOW,
    WRONG,
    release,
    write_lessons,
)
from harness.visitor import Visitor
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module", autouse=True)
def _lessons(demo: Demo) -> None:
    write_lessons(demo.course(COURSE))
    release(demo)


def status(visitor: Visitor) -> Locator:
    return visitor.exercise(EXERCISE).get_by_role("status")


def seen_well(visitor: Visitor, name: str) -> None:
    """Keep a picture, wide and light, narrow and dark, and let axe look."""
    for width, scheme in ((1280, "light"), (390, "dark")):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        visitor.picture(f"verdict-{name}-{width}-{scheme}")
        assert overflow(visitor.page) == 0
    assert findings(visitor.page) == []
    visitor.page.set_viewport_size({"width": 1280, "height": 800})
    visitor.page.emulate_media(color_scheme="light")


def submit(visitor: Visitor, source: str) -> None:
    visitor.write(EXERCISE, source)
    with visitor.page.expect_response(re.compile("/attempts$")):
        visitor.press(EXERCISE, "Submit answer")


def verdict(visitor: Visitor) -> Locator:
    """Return the exercise's status once nothing is under way any more."""
    expect(visitor.exercise(EXERCISE).locator(".tb-journey")).to_have_count(0)
    return status(visitor)


def test_tests_appear_as_they_end_and_the_verdict_takes_their_place(visit: Visit) -> None:
    ada = visit("ada")
    ada.open_lesson(SLOW, course=COURSE)
    lines = ada.exercise(EXERCISE).locator(".tb-result--stream .tb-test-line")
    submit(ada, WRONG)
    expect(lines).to_have_count(2)
    assert " ".join(lines.all_text_contents()[0].split()) == "Test 1: Not yet · 0 of 1 point Twice 2 is 4."
    seen_well(ada, "stream")
    expect(status(ada)).to_contain_text("Not yet")
    expect(lines).to_have_count(0)


def test_hidden_verdicts_follow_the_courses_rule(visit: Visit) -> None:
    ada = visit("ada")
    ada.open_lesson(NOW, course=COURSE)
    submit(ada, PARTLY)
    expect(ada.exercise(EXERCISE).locator(".tb-exercise__points")).to_have_text("1 of 6 points")
    expect(status(ada)).to_contain_text("Partly there")
    expect(status(ada)).to_contain_text("A text twice is the text and the text again.")
    seen_well(ada, "partly")
    submit(ada, RIGHT)
    expect(verdict(ada)).to_contain_text("Correct")
    expect(ada.exercise(EXERCISE).locator(".tb-exercise__points")).to_have_text("6 of 6 points")
    seen_well(ada, "correct")
    for lesson, note in (
        (LATER, "1 hidden test (3 points) is counted too; shown after Jan 1, 2099"),
        (NEVER, "it is not shown"),
    ):
        ada.open_lesson(lesson, course=COURSE)
        submit(ada, RIGHT if lesson == LATER else PARTLY)
        expect(verdict(ada)).to_contain_text(note)
        expect(ada.exercise(EXERCISE).locator(".tb-exercise__points")).to_contain_text("of 3 points")
        assert "Less than nothing" not in ada.page.content()
        seen_well(ada, f"hidden-{lesson.partition('/')[0]}")


def test_learner_downloads_a_receipt_with_the_keyboard(visit: Visit) -> None:
    ada = visit("ada")
    ada.open_lesson(NOW, course=COURSE)
    link = ada.exercise(EXERCISE).get_by_role("link", name="Receipt")
    link.focus()
    with ada.page.expect_download() as download:
        ada.page.keyboard.press("Enter")
    kept = json.loads(download.value.path().read_text("utf-8"))
    assert download.value.suggested_filename == "receipt.json"
    assert {"id", "sha256", "signature"} <= kept.keys()


def test_next_answer_waits_after_answers_that_failed(visit: Visit) -> None:
    grace = visit("grace")
    grace.open_lesson(NOW, course=COURSE)
    pause = grace.exercise(EXERCISE).locator(".tb-pause")
    cooling = pause.filter(has_text="Take a moment")
    for number in range(6):  # two fail, the next has to wait; sooner or later, by what grace sent in the last minute
        submit(grace, f"{WRONG}  # try {number}")
        expect(verdict(grace)).to_contain_text("Not yet")
        if cooling.is_visible():
            break
        expect(pause).to_be_hidden(timeout=61_000)
    expect(pause).to_contain_text(re.compile(r"Take a moment .* in \d+ s; Run and Check still work"))
    button = grace.exercise(EXERCISE).get_by_role("button", name="Submit answer", exact=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    seen_well(grace, "cool-down")
    expect(pause).to_be_hidden()
    submit(grace, HIDDEN_WRONG)  # by itself nothing was sent: the learner looks first
    expect(status(grace)).to_contain_text("Partly there")
    seen_well(grace, "failed-hidden")


def test_place_in_the_line_is_told_and_too_many_answers_are_refused(demo: Demo, visit: Visit) -> None:
    linus = visit("linus")
    linus.open_lesson(SLOW, course=COURSE)
    with Person(demo.url, "linus", demo.passwords["linus"]) as person:
        person.sign_in_to_courses()
        for _ in range(5):
            assert person.begin(SLOW, EXERCISE, {EXERCISE: RIGHT}, course=COURSE).status_code == 202
        submit(linus, RIGHT)
        expect(status(linus)).to_contain_text(re.compile(r"waits in line: (one is|\d+ are) graded before it"))
        seen_well(linus, "in-line")
        refused = person.begin(SLOW, EXERCISE, {EXERCISE: RIGHT}, course=COURSE)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    expect(verdict(linus)).to_contain_text("The tests you can see pass")
    linus.press(EXERCISE, "Submit answer")
    expect(linus.exercise(EXERCISE).locator(".tb-pause")).to_contain_text("You can send the next answer in")
    seen_well(linus, "too-many")


def test_killed_sandbox_and_ended_code_still_give_a_verdict(demo: Demo, visit: Visit) -> None:
    grace = visit("grace")
    grace.open_lesson(SLOW, course=COURSE)
    submit(grace, RIGHT)
    expect(grace.exercise(EXERCISE).locator(".tb-result--stream .tb-test-line")).to_have_count(2)
    demo.asked_for.append("the learner's process was killed. It will be tried again")
    for process in [each for each in demo.processes() if _is_zygote(each)]:
        process.kill()
    expect(grace.exercise(EXERCISE).locator(".tb-exercise__points")).to_have_text("3 of 3 points")
    submit(grace, ENDS)
    expect(verdict(grace)).to_contain_text("Not yet")
    seen_well(grace, "ended")


def _is_zygote(process: psutil.Process) -> bool:
    try:
        return any("zygote.py" in each for each in process.cmdline())
    except psutil.Error:
        return False
