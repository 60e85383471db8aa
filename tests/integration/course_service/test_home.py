"""Home: one request shows it, with or without scripts, whatever names hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape

import httpx
import pytest

Client = Callable[..., httpx.AsyncClient]
PAGE = {"sec-fetch-mode": "navigate", "accept": "text/html"}
TRAP = """te<s'&">t ü"""
LESSONS = "/a%40b/user/te%3Cs%27%26%22%3Et%20%C3%BC/trailbook/lessons/first-course/first%20steps/"


def embedded(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="trailbook-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


async def test_home_holds_its_first_data(client: Client) -> None:
    page = await client("trap", **PAGE).get("./")
    assert page.status_code == 200
    assert embedded(page.text) == (await client("trap").get("./api/v1/home")).json()


async def test_home_shows_the_path_and_what_is_next(client: Client) -> None:
    home = (await client("trap").get("./api/v1/home")).json()
    assert home["learner"] == TRAP
    assert home["server"] == {"state": "stopped", "url": f"/user/{TRAP}/"}
    assert home["insecure"] is True
    (course,) = home["courses"]
    assert course == (await client("trap").get("./api/v1/courses/first-course/path")).json()
    assert (course["title"], course["roles"], course["staff_url"]) == ("First <course>", ["learner"], None)
    halves, following = course["modules"][0]["lessons"]
    assert (halves["status"], halves["url"]) == ("open", f"{LESSONS}01%20n%C3%A4me")
    assert (following["status"], following["pass"], following["max_score"]) == ("locked", 0.8, 3)
    assert course["next"]["lesson"] == "first steps/01 näme"


async def test_page_cannot_be_broken_out_of_by_a_name(client: Client) -> None:
    page = (await client("trap", **PAGE).get("./")).text
    assert TRAP not in page
    assert TRAP in unescape(page)
    assert "First <course>" not in page
    assert page.count("</script>") == 2


async def test_page_is_readable_without_scripts(client: Client) -> None:
    page = (await client("trap", **PAGE).get("./")).text
    plain = page[page.index("<noscript>") : page.index("</noscript>")]
    assert f'<a href="{LESSONS}01%20n%C3%A4me">Halves</a>' in plain
    assert "Next (locked)" in plain
    assert "Opens when you reach 80 % in Halves" in plain


async def test_page_loads_only_its_own_scripts_and_styles(client: Client) -> None:
    page = await client("ada", **PAGE).get("./")
    loaded = re.findall(r'(?:src|<link [^>]*href)="([^"]+)"', page.text)
    assert loaded == [
        "data:,",
        "/a%40b/services/trailbook/static/home.css",
        "/a%40b/services/trailbook/static/home.js",
    ]
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


async def test_page_says_that_there_is_no_sandbox(client: Client) -> None:
    page = (await client("ada", **PAGE).get("./")).text
    assert "Started without a sandbox (--insecure)" in page


@pytest.mark.parametrize(("token", "roles"), [("ines", ["instructor"]), ("greta", ["grader"])])
async def test_staff_see_the_way_to_the_staff_server(client: Client, token: str, roles: list[str]) -> None:
    (course,) = (await client(token).get("./api/v1/home")).json()["courses"]
    assert (course["roles"], course["staff_url"]) == (roles, "/services/staff-first-course/")


async def test_person_without_a_course_is_told_so(client: Client) -> None:
    assert (await client("mallory").get("./api/v1/home")).json()["courses"] == []
    assert "You are in no course yet" in (await client("mallory", **PAGE).get("./")).text
