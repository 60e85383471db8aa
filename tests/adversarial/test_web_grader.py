"""Web: a grader opens what a hostile learner handed in, and no script of the learner's runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest
from harness.visitor import launch
from playwright.sync_api import Page, sync_playwright

from adversarial.folder import Folder
from trailbook_hub.boxes import CONFIG_FOLDER

TOKEN = "a token of this test"
RUNS = "top.pwned=(top.pwned||0)+1"
MARKDOWN = f"""\
Two *halves* and $x^2$. <script>{RUNS}</script> <img src=x onerror="{RUNS}"> <svg onload="{RUNS}"></svg>
[a link](javascript:{RUNS}) <a href="javascript:{RUNS}" id="link">link</a>
<iframe srcdoc="<script>{RUNS}</script>"></iframe> <details open ontoggle="{RUNS}">x</details>
<form action="/hub/api/users"><button formaction="javascript:{RUNS}">go</button></form>
<style>body {{ background: url(http://192.0.2.1/asked) }}</style><base href="http://192.0.2.1/">
<meta http-equiv="refresh" content="0;url=http://192.0.2.1/"> <object data="javascript:{RUNS}"></object>
"""
OUTPUTS = f"""\
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
attack = {MARKDOWN!r}
for kind in (HTML, Markdown, Latex):
    display(kind(attack))
display(Javascript({RUNS!r}))
image = "<svg xmlns='http://www.w3.org/2000/svg' onload='{RUNS}'><script>{RUNS}</script></svg>"
display({{"image/svg+xml": image}}, raw=True)
widget = {{"model_id": "</script><script>{RUNS}</script>"}}
display({{"text/html": attack, "application/vnd.jupyter.widget-view+json": widget}}, raw=True)
display({{"image/png": "x' onerror='{RUNS}"}}, raw=True, metadata={{"image/png": {{"width": "1' onerror='{RUNS}"}}}})
print("<script>{RUNS}</script>\\x1b[31m<img src=x onerror={RUNS}>")
def half(n):
    return n / 2
"""


@pytest.fixture
def formgrader(tmp_path: Path, capsys: pytest.CaptureFixture[str], unused_tcp_port: int) -> Iterator[str]:
    """Return the address of a formgrader, as staff servers have it, on a course with one hostile submission."""
    folder = Folder(tmp_path / "a course", capsys)
    folder.hand_in("mallory", folder.answered(half=OUTPUTS, why=MARKDOWN))
    assert folder.grade()["mallory", "half-test"]["score"] == 2.0
    settings = json.loads((CONFIG_FOLDER / "staff" / "jupyter_server_config.json").read_text())
    extensions = {**settings["ServerApp"]["jpserver_extensions"], "jupyterlab": False}
    server = {"port": unused_tcp_port, "port_retries": 0, "root_dir": str(folder.path), "base_url": "/a%40b/"}
    settings["ServerApp"] |= {**server, "jpserver_extensions": extensions}
    settings |= {"IdentityProvider": {"token": TOKEN}, "CourseDirectory": {"root": str(folder.path)}}
    home = tmp_path / "home"
    (home / ".jupyter").mkdir(parents=True)
    (home / ".jupyter" / "jupyter_server_config.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server"],
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        cwd=folder.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    log = iter(process.stderr.readline, "")
    assert any("is running at" in line for line in log), "the server did not start"
    rest = Thread(target=process.stderr.read)  # or a full pipe would stop it
    rest.start()
    try:
        yield f"http://127.0.0.1:{unused_tcp_port}/a%40b/formgrader/"
    finally:
        process.terminate()
        process.wait(30)
        rest.join(30)
        process.stderr.close()


@pytest.fixture
def page() -> Iterator[Page]:
    """Return a page of a browser."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser.new_page()
        browser.close()


@pytest.mark.browser
@pytest.mark.case("scripts in Markdown, HTML, SVG, JavaScript, widgets and images of a submission, opened by a grader")
def test_no_script_of_a_submission_runs_where_a_grader_opens_it(formgrader: str, page: Page) -> None:
    headers = {"Authorization": f"token {TOKEN}"}
    with httpx.Client(base_url=formgrader, headers=headers, trust_env=False) as client:
        (row,) = client.get("api/submitted_notebooks/Übung 1/01 halves").json()
        framed = client.get(f"submissions/{row['id']}/").headers["content-security-policy"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_extra_http_headers(headers)

    page.goto(f"{formgrader}submissions/{row['id']}/", wait_until="load")
    page.get_by_text("Two halves").first.wait_for()
    for link in page.locator("a", has_text="link").all():
        link.dispatch_event("click")

    assert page.evaluate("window.pwned") is None
    assert [url for url in asked if "192.0.2.1" in url] == []
    # MathJax keeps formulas in elements of that name; they are no scripts.
    live = "script:not([type^='math/'])"
    odd = page.locator(f".nbgrader_cell {live}, .output {live}, .output iframe")
    assert [each.evaluate("it => it.outerHTML") for each in odd.all()] == []
    assert "frame-ancestors 'self'" in framed
