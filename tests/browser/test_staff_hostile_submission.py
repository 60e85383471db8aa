"""A submission full of scripts, styles and forms, opened by a grader in the formgrader.

After the other tests of staff: grace's first steps are looked at before.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness.answers import FIRST, LAST, RIGHT, SECOND, THIRD, WINNER
from harness.demo import Demo
from harness.person import Person
from harness.visitor import Visitor
from nbgrader.api import Gradebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
STAFF = "/services/staff-first-course"
MARK = "pwned"
HOSTILE = f"""**Bold** words, $x^2$ and more.

<script>document.title = "{MARK}"</script>
<img src="x" onerror="document.title = '{MARK}'">
<svg onload="document.title = '{MARK}'"></svg>
<iframe srcdoc="<script>parent.document.title = '{MARK}'</script>"></iframe>
<a id="bad" href="javascript:document.title='{MARK}'">a link</a>
<style>.full-credit {{ position: fixed !important; inset: 0; width: 100vw; height: 100vh; opacity: 0 }}</style>
<div style="position: fixed; inset: 0; z-index: 99999">over everything</div>
<form action="/hub/logout"><button id="bad-button">press</button></form>
"""


def test_nothing_of_a_submission_runs_in_the_graders_session(demo: Demo, visit: Visit) -> None:
    with Person(demo.url, "grace", demo.passwords["grace"]) as setup:
        setup.sign_in_to_courses()
        for lesson in (FIRST, SECOND, THIRD):
            for exercise, answers in RIGHT[lesson].items():
                assert setup.submit(lesson, exercise, answers)["status"] == "done"
    grace = visit("grace")
    grace.open_lesson(LAST)
    html = "from IPython.display import HTML, SVG, Javascript, display\n"
    shows = "".join(
        f"display({kind}({script!r}))\n"
        for kind, script in (
            (
                "HTML",
                f"<b id='shown'>shown</b><script>document.title = '{MARK}'</script>"
                f"<img src=x onerror=\"document.title='{MARK}'\">",
            ),
            ("Javascript", f"document.title = '{MARK}'"),
            (
                "SVG",
                f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"document.title = '{MARK}'\">"
                f"<script>document.title = '{MARK}'</script></svg>",
            ),
        )
    )
    grace.write("winner", f"{WINNER}\n{html}{shows}")
    grace.write("reply", HOSTILE)
    grace.page.get_by_role("button", name="Hand in lesson").click()
    grace.page.get_by_role("button", name="Hand in", exact=True).click()
    expect(grace.exercise("reply").get_by_role("status")).to_contain_text("Waiting for a person")

    greta = visit("greta")
    page = greta.page
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text))
    with Gradebook(f"sqlite:///{demo.course('first-course') / 'gradebook.db'}", "") as gradebook:
        submission = gradebook.find_submission_notebook("04-answer-dana", "monday-report", "grace").id
    page.goto(f"{greta.wire.url}{STAFF}/formgrader/submissions/{submission}/")
    answer = page.locator(".nbgrader_cell", has_text="over everything")
    expect(answer.locator("strong", has_text="Bold")).to_be_visible()
    expect(page.locator(".MathJax").first).to_be_visible()
    assert page.locator("#notebook-container script:not([type^='math/'])").count() == 0
    assert page.locator("#bad-button, #notebook-container form, #notebook-container iframe").count() == 0
    assert MARK not in page.title()
    greta.picture("formgrader-hostile-submission")

    # The page itself still works: points are given and saved, the name is shown.
    score = answer.locator("input.score")
    score.fill("2")
    with page.expect_response(lambda response: "/api/grade/" in response.url) as saved:
        page.keyboard.press("Tab")
    assert saved.value.ok
    page.locator(".glyphicon-eye-open").click()
    expect(page.locator(".name-shown").first).to_be_visible()
    # What the cleaning might ever leave, the policy does not run.
    page.evaluate(
        """(mark) => {
          const holder = document.createElement('div');
          holder.innerHTML = `<img src="x" onerror="document.title = '${mark}'">`;
          document.body.append(holder);
          const script = document.createElement('script');
          script.textContent = `document.title = '${mark}'`;
          document.body.append(script);
        }""",
        MARK,
    )
    page.wait_for_function("() => document.querySelector('img[src=x]').complete")
    assert MARK not in page.title()
    assert any("Content Security Policy" in each for each in violations)
