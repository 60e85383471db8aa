"""The class and a learner's path as pages for staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest

from trailbook import wiring
from trailbook.domain.course import LessonKey, MasteryRules
from trailbook.domain.people import Identity, Role
from trailbook.domain.sittings import Purpose

Client = Callable[..., httpx.AsyncClient]
TRAP = """te<s'&">t ü"""
PAGE = {"Accept": "text/html"}
WANTED = {"lesson": "first steps/02 next", "action": "open", "reason": "<b>was ill</b>", "learner": TRAP}


@pytest.fixture(autouse=True)
def begun(application: wiring.Application) -> None:
    """Somebody whose name breaks pages began the first lesson."""
    who = Identity(TRAP, {"first-course": frozenset({Role.LEARNER})})
    application.open_lesson(who, "first-course", LessonKey("first steps", "01 näme"))


async def page(client: Client, token: str, address: str) -> httpx.Response:
    return await client(token).get(f"./courses/first-course/{address}", headers=PAGE)


async def test_class_page_shows_the_flow_and_leads_to_each_learner(client: Client) -> None:
    found = await page(client, "ines", "class")
    assert found.status_code == 200
    assert "First &lt;course&gt;: the class" in found.text
    assert "1 at it" in found.text
    assert f'href="/a%40b/services/trailbook/courses/first-course/learners/{quote(TRAP, safe="")}"' in found.text
    assert TRAP not in found.text
    assert 'data-post="api/v1/courses/first-course/overrides"' in found.text


async def test_learner_page_shows_the_path_and_what_was_decided(client: Client) -> None:
    answer = await client("ines").post("./api/v1/courses/first-course/overrides", json=WANTED)
    assert answer.status_code == 201
    found = await page(client, "ines", f"learners/{quote(TRAP, safe='')}")
    assert found.status_code == 200
    assert "Your instructor opened this lesson for you." in found.text
    assert "&lt;b&gt;was ill&lt;/b&gt;" in found.text
    assert f'data-post="api/v1/courses/first-course/overrides/{answer.json()["id"]}/withdrawals"' in found.text
    assert TRAP not in found.text


async def test_grader_sees_the_pages_without_forms(client: Client) -> None:
    for address in ("class", f"learners/{quote(TRAP, safe='')}"):
        found = await page(client, "greta", address)
        assert found.status_code == 200
        assert "data-post" not in found.text


async def test_learner_sees_no_such_page(client: Client) -> None:
    found = await page(client, "ada", "class")
    assert found.status_code == 403
    assert "Only graders and instructors" in found.text
    assert "text/html" in found.headers["content-type"]


async def test_pages_show_what_the_learner_took_on_and_asked(client: Client, application: wiring.Application) -> None:
    who = Identity(TRAP, {"first-course": frozenset({Role.LEARNER})})
    locked = LessonKey("first steps", "02 next")
    with application.storage() as work:
        course = work.courses.find("first-course")
        assert course is not None
        work.courses.put(replace(course, mastery=MasteryRules()))
    application.own_ways.take_on(who, "first-course", Purpose.PRACTICE, lesson=locked)
    application.own_ways.ask_person(
        who,
        "first-course",
        LessonKey("first steps", "01 näme"),
        exercise="half",
        question="Why <b>2</b>?",
        is_shared=False,
    )
    learner = await page(client, "greta", f"learners/{quote(TRAP, safe='')}")
    assert "Looked ahead into Next" in learner.text
    assert "still under way" in learner.text
    assert "Why &lt;b&gt;2&lt;/b&gt;?" in (await page(client, "greta", "class")).text
