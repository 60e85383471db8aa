"""Releases through the service: who may, and what an author is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

Client = Callable[..., httpx.AsyncClient]
RELEASES = "./api/v1/courses/first-course/releases"
LESSON = "./api/v1/courses/first-course/lessons/first steps/01 näme"


@pytest.mark.parametrize("token", ["staff", "ines"])
async def test_same_content_again_changes_nothing(client: Client, token: str) -> None:
    answer = await client(token).post(RELEASES, json={})
    assert answer.status_code == 200
    assert answer.json()["items"] == [
        {"lesson": "first steps/01 näme", "version": 1, "changed": False},
        {"lesson": "first steps/02 next", "version": 1, "changed": False},
    ]


async def test_changed_lesson_gets_a_version_that_learners_open_next(client: Client, course_folder: Path) -> None:
    source = course_folder / "source" / "first steps" / "01 näme.ipynb"
    source.write_text(source.read_text("utf-8").replace("# Halves", "# Halves, again"), "utf-8")
    answer = await client("staff").post(RELEASES, json={"lessons": ["first steps/01 näme"]})
    assert answer.json()["items"] == [{"lesson": "first steps/01 näme", "version": 2, "changed": True}]
    delivery = (await client("ada").get(LESSON)).json()
    assert delivery["version"]["number"] == 2
    assert "Halves, again" in str(delivery["notebook"])


async def test_broken_course_is_refused_with_every_problem(client: Client, course_folder: Path) -> None:
    (course_folder / "source" / "first steps" / "01 näme.ipynb").write_text("{}", "utf-8")
    (course_folder / "source" / "first steps" / "02 next.ipynb").write_text("no json", "utf-8")
    answer = await client("ines").post(RELEASES, json={})
    assert (answer.status_code, answer.json()["code"]) == (422, "problems_found")
    files = {problem["file"] for problem in answer.json()["details"]["problems"]}
    assert files == {"source/first steps/01 näme.ipynb", "source/first steps/02 next.ipynb"}
    assert (await client("ada").get(LESSON)).json()["version"]["number"] == 1


@pytest.mark.parametrize("token", ["ada", "trap", "greta", "mallory", "other-staff"])
async def test_nobody_else_may_release(client: Client, token: str) -> None:
    answer = await client(token).post(RELEASES, json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_instructor")


async def test_staff_service_may_not_release_another_course(client: Client) -> None:
    answer = await client("staff").post("./api/v1/courses/other/releases", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_instructor")


async def test_course_without_a_folder_is_unknown(client: Client) -> None:
    answer = await client("other-staff").post("./api/v1/courses/other/releases", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_course")


async def test_lesson_that_is_not_there_is_unknown(client: Client) -> None:
    answer = await client("staff").post(RELEASES, json={"lessons": ["first steps/99"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_lesson")


async def test_lesson_of_the_manifest_without_a_release_is_not_there_yet(client: Client, course_folder: Path) -> None:
    manifest = course_folder / "course.yaml"
    third = "      - {name: 03 later, title: Later}\n"
    manifest.write_text(manifest.read_text("utf-8") + third, "utf-8")
    source = course_folder / "source" / "first steps"
    (source / "03 later.ipynb").write_text((source / "02 next.ipynb").read_text("utf-8"), "utf-8")
    released = await client("staff").post(RELEASES, json={"lessons": ["first steps/02 next"]})
    assert released.status_code == 200
    answer = await client("ada").get("./api/v1/courses/first-course/lessons/first steps/03 later")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_released")
    (_, _, later) = (await client("ada").get("./api/v1/courses/first-course/path")).json()["modules"][0]["lessons"]
    assert (later["status"], later["version"]) == ("locked", None)
