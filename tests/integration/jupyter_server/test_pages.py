"""Lesson pages: readable at once, without a script and without a kernel; a locked lesson is not delivered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from learners_server.course import COURSE, HIDDEN_TEXT, LESSON, LOCKED, MODULE, PICTURE, PLAIN, SOLUTION_TEXT
from learners_server.page import Learner, address
from learners_server.processes import BASE_URL, CourseService


def soup_of(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def test_page_has_text_code_and_starter_code(learner: Learner) -> None:
    answer = learner.page()
    page = soup_of(answer.text)
    assert answer.status_code == 200
    assert page.title is not None
    assert page.title.get_text() == "Squares <&> · Traps & <odd> names"
    assert page.html is not None
    assert {
        name: page.html[name] for name in ("lang", "data-course", "data-module", "data-lesson", "data-base-url")
    } == {
        "lang": "en",
        "data-course": COURSE,
        "data-module": MODULE,
        "data-lesson": LESSON,
        "data-base-url": BASE_URL,
    }
    assert [heading.get_text() for heading in page.find_all("h1")] == ["Squares"]
    assert [formula.get_text() for formula in page.select(".tb-math")] == ["$x<y$", "$x^2$"]
    assert [section["data-cell"] for section in page.select(".tb-example")] == ["setup", "use"]
    (answer_cell,) = page.select("tb-exercise[data-kind=code] .tb-answer")
    assert answer_cell["data-grade-id"] == "square"
    assert answer_cell.pre is not None
    assert "YOUR CODE HERE" in answer_cell.pre.get_text()
    assert [test["data-grade-id"] for test in page.select("tb-exercise details.tb-tests pre")] == ["square-test"]
    (written,) = page.select("tb-exercise[data-kind=text] .tb-answer")
    assert written["data-language"] == "markdown"


def test_page_does_not_wait_for_a_kernel(learner: Learner) -> None:
    learner.page()
    assert learner.client.get("api/kernels").json() == []


def test_page_can_be_used_with_a_keyboard_and_a_screen_reader(learner: Learner) -> None:
    page = soup_of(learner.page().text)
    skip = page.select_one("a.tb-skip")
    assert skip is not None
    assert page.select_one(str(skip["href"])) == page.main
    assert page.header is not None
    assert page.footer is not None
    assert all(image.has_attr("alt") for image in page.find_all("img"))
    assert "JavaScript" in page.noscript.get_text() if page.noscript else False


def test_page_loads_from_this_server_only(learner: Learner) -> None:
    answer = learner.page()
    page = soup_of(answer.text)
    loaded = [tag[name] for name in ("src", "data") for tag in page.select(f"[{name}]")]
    loaded += [link["href"] for link in page.find_all("link")]
    assert all(str(url).startswith((BASE_URL, "data:")) for url in loaded), loaded
    assert not [tag for tag in page.find_all("script") if not tag.get("src") and tag.get("type") != "application/json"]
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert not re.search(r"https?:|\*", answer.headers["Content-Security-Policy"])


def test_page_carries_what_the_script_needs(learner: Learner) -> None:
    page = soup_of(learner.page().text)
    data = page.select_one("script#trailbook-data")
    assert data is not None
    state = learner.state()
    assert json.loads(data.get_text()) == state
    assert state["lesson"]["title"] == "Squares <&>"
    assert [exercise["id"] for exercise in state["exercises"]] == ["square", "why"]
    assert state["kernel"] == {"id": None, "state": "none"}
    assert state["drafts"]["cells"].keys() <= {"square", "why"}
    assert "notebook" not in state
    assert "files" not in state


def test_page_says_that_there_is_no_sandbox(learner: Learner) -> None:
    text = unescape(learner.page().text)
    banner = (
        "Started without a sandbox (--insecure): anyone signed in can read this machine's course files. "
        "For a try-out only."
    )
    assert banner in text
    assert banner in unescape(learner.page(LOCKED).text)


def test_neither_solution_nor_hidden_test_reaches_this_server(learner: Learner) -> None:
    seen = learner.page().text + json.dumps(learner.state())
    learner.lines("kernel")
    files = [path for path in learner.server.home.rglob("*") if path.is_file()]
    seen += "".join(path.read_text(errors="replace") for path in files)
    assert SOLUTION_TEXT not in seen
    assert HIDDEN_TEXT not in seen
    assert not list(learner.server.home.rglob("*.ipynb"))


def test_picture_is_served_and_lies_beside_the_kernel(learner: Learner) -> None:
    source = soup_of(learner.page().text).main.img["src"]  # type: ignore[union-attr, index]
    answer = learner.client.get(learner.server.origin + str(source))
    assert (answer.content, answer.headers["Content-Type"]) == (PICTURE, "image/png")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert [path.read_bytes() for path in learner.server.home.rglob("square.png")]


@pytest.mark.parametrize("path", ["/files/nothing.png", "/files/..%2F..%2Fdrafts.json", "/files/%2Fetc%2Fpasswd"])
def test_unknown_file_is_404(learner: Learner, path: str) -> None:
    answer = learner.page(below=path)
    assert answer.status_code == 404
    assert "no such file" in answer.text


def test_locked_lesson_says_what_opens_it_and_leaves_nothing_here(start_learner: Callable[..., Learner]) -> None:
    learner = start_learner()
    answer = learner.page(LOCKED)
    page = soup_of(answer.text)
    assert answer.status_code == 403
    assert page.h1 is not None
    assert page.h1.get_text() == "This lesson is not open yet"
    assert "Squares <&>" in page.main.get_text()  # type: ignore[union-attr]
    assert [link["href"] for link in page.main.select("a")] == ["/services/trailbook/"]  # type: ignore[union-attr]
    refused = learner.client.get(f"trailbook/api/lessons/{address(LOCKED)}")
    assert (refused.status_code, refused.json()["code"]) == (403, "lesson_locked")
    assert refused.json()["details"]["requirements"][0]["met"] is False
    for what in ("kernel", "run", "check", "attempts", "submissions"):
        body = {"exercise": "cube", "key": "k", "cells": {}}
        assert learner.post(what, body, lesson=LOCKED).status_code == 403
    assert "secret" not in answer.text
    assert not list(learner.server.home.rglob(LOCKED))


@pytest.mark.parametrize(
    "path",
    [
        f"{COURSE}/{MODULE}/nothing",
        f"{COURSE}/nothing/{LESSON}",
        f"nothing/{MODULE}/{LESSON}",
        "%2E%2E/%2E%2E/%2E%2E",
        f"{COURSE}/{MODULE}/..%2F..%2F..%2Fetc%2Fpasswd",
        f"{COURSE}/{MODULE}/a%00b",
        f"{COURSE}/a%2Fb/c",
    ],
)
def test_unknown_lesson_is_404(learner: Learner, path: str) -> None:
    page = learner.client.get(f"trailbook/lessons/{path}")
    assert page.status_code == 404
    assert "Home" in page.text
    api = learner.client.get(f"trailbook/api/lessons/{path}")
    assert api.status_code == 404
    assert set(api.json()) == {"message", "code", "details"}


@pytest.mark.parametrize("path", ["", "trailbook", "trailbook/"])
def test_other_ways_lead_home(learner: Learner, path: str) -> None:
    answer = learner.client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/services/trailbook/")


def test_page_of_a_lesson_without_a_title_gets_one(learner: Learner) -> None:
    page = soup_of(learner.page(PLAIN).text)
    assert [heading.get_text() for heading in page.find_all("h1")] == ["Plain"]


def test_page_while_the_service_is_down_says_so_and_tries_again(
    own_service: CourseService, start_learner: Callable[..., Any]
) -> None:
    learner = start_learner(behind=own_service)
    assert learner.page().status_code == 200
    own_service.stop()
    down = learner.page()
    assert down.status_code == 503
    assert down.headers["Retry-After"] == "5"
    assert "Your work is kept" in down.text
    assert soup_of(down.text).select_one('meta[http-equiv="refresh"]') is not None
    assert learner.state()["lesson"]["title"] == "Squares <&>"  # the open page goes on with what it has
    own_service.start()
    assert learner.page().status_code == 200
