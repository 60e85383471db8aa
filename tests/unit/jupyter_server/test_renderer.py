"""Pages made once and shown often: only what differs from view to view is put in anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from traitlets.config import Config

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import CourseError, LessonLocked
from trailbook_server.errors import service_unavailable
from trailbook_server.services.lessons.manager import OpenLesson
from trailbook_server.services.lessons.outline import Outline
from trailbook_server.services.lessons.renderer import LessonRenderer

HOME = "/services/trailbook/"


def renderer(*, insecure: bool = False) -> LessonRenderer:
    return LessonRenderer(base_url="/a%40b/", home_url=HOME, insecure=insecure, config=Config())


def lesson(text: str = "Some text", *, metadata: dict[str, Any] | None = None, **delivery: Any) -> OpenLesson:
    cells = [
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": text},
        {"cell_type": "markdown", "id": "t", "metadata": {"nbgrader": {"grade_id": "task"}}, "source": "Draw it."},
    ]
    exercises = [
        {"id": "task", "kind": "task", "title": "T", "max_score": 1, "answer_cells": ["task"], "test_cells": []}
    ]
    notebook = {"cells": cells, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}
    known = {"course_title": "C", "lesson": {"title": "L", "minutes": 3}, "exercises": exercises}
    return OpenLesson(
        "c", LessonKey("m", "l"), known | delivery, notebook, {}, Outline(notebook, exercises), Path("work")
    )


async def page(made_by: LessonRenderer, shown: OpenLesson, *, data: Any = None, token: str = "t") -> BeautifulSoup:
    text = await made_by.render_lesson(shown, data or {}, xsrf_token=token)
    return BeautifulSoup(text, "html.parser")


async def test_each_view_has_its_own_token_and_data() -> None:
    made_by = renderer()
    first = await page(made_by, lesson(), data={"drafts": 1}, token="one")
    second = await page(made_by, lesson(), data={"drafts": "</script>"}, token="two")
    assert [view.html["data-xsrf"] for view in (first, second)] == ["one", "two"]  # type: ignore[index]
    assert [view.select("#trailbook-data")[0].get_text() for view in (first, second)] == [
        '{"drafts": 1}',
        '{"drafts": "\\u003c/script\\u003e"}',
    ]


async def test_a_new_release_is_not_the_page_before() -> None:
    made_by = renderer()
    await page(made_by, lesson("old", version={"number": 1}))
    assert "new" in (await page(made_by, lesson("new", version={"number": 2}))).get_text()


async def test_half_a_kernelspec_does_not_cost_the_page() -> None:
    shown = await page(renderer(), lesson(metadata={"kernelspec": {"name": "ir", "language": "R"}}))
    assert "Some text" in shown.get_text()


async def test_a_task_is_text_with_an_empty_answer() -> None:
    (exercise,) = (await page(renderer(), lesson())).select("tb-exercise")
    assert exercise["data-kind"] == "task"
    assert "Draw it." in exercise.select("section.tb-markdown")[0].get_text()
    assert exercise.select(".tb-answer pre")[0].get_text() == ""


@pytest.mark.parametrize("insecure", [True, False])
async def test_every_page_says_when_there_is_no_sandbox(insecure: bool) -> None:
    made_by = renderer(insecure=insecure)
    assert bool((await page(made_by, lesson())).select(".insecure")) is insecure
    assert ("Started without a sandbox" in made_by.render_refusal(service_unavailable(), status=503)) is insecure


async def test_warming_up_makes_a_page_and_keeps_none() -> None:
    made_by = renderer()
    await made_by.warm_up()
    assert (await page(made_by, lesson())).title.get_text() == "L · C"  # type: ignore[union-attr]


@pytest.mark.parametrize("neighbour", ["previous", "next"])
async def test_a_neighbour_is_a_link_and_a_locked_one_is_not(neighbour: str) -> None:
    view = {"key": "m/n", "title": "N<", "status": "open", "because": "Later.", "url": "/user/a/n"}
    shown = await page(renderer(), lesson(**{neighbour: view}))
    assert [link["href"] for link in shown.footer.select("a")] == ["/user/a/n"]  # type: ignore[union-attr]
    locked = await page(renderer(), lesson(next=view | {"status": "locked"}))
    assert locked.footer.select("a") == []  # type: ignore[union-attr]
    assert "Later." in locked.footer.get_text()  # type: ignore[union-attr]


def test_a_refusal_says_what_to_do_and_nothing_it_says_is_markup() -> None:
    requirement = {"title": "A<b>", "reached": 0.25, "needed": 0.8, "met": False}
    met = {"title": "Done", "reached": 1, "needed": 0.8, "met": True}
    error = LessonLocked("Reach <80 %>.", title="Cubes & more", requirements=[requirement, met])
    shown = BeautifulSoup(renderer().render_refusal(error, status=403), "html.parser")
    text = " ".join(shown.main.get_text().split())  # type: ignore[union-attr]
    assert text == "Cubes & more This lesson is not open yet Reach <80 %>. A<b>: 25 % reached, 80 % needed Home"
    assert shown.select("meta[http-equiv]") == []


def test_an_unknown_refusal_still_leads_home() -> None:
    shown = BeautifulSoup(renderer().render_refusal(CourseError("odd", "Odd."), status=500), "html.parser")
    assert [link["href"] for link in shown.main.select("a")] == [HOME]  # type: ignore[union-attr]
