"""One person without a hub: the link with the token is the way in, once; a cookie keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from trailbook import wiring
from trailbook.config import Settings
from trailbook.services.ports.people import Doorkeeping
from trailbook_service.app import create_app

BASE = "/a%40b/services/trailbook/"
SECRET = "the-secret-of-this-start"
PAGE = {"sec-fetch-mode": "navigate", "accept": "text/html"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings(
        state_folder=settings.state_folder,
        courses=settings.courses,
        identity="single",
        single_name="solo ü",
        learner_server_url="http://127.0.0.1:1234/user/{name}/",
        staff_server_url="",
        home_url=BASE,
    )


@pytest.fixture
def doorkeeping(settings: Settings) -> Doorkeeping:
    return wiring.build_doorkeeping(settings, {"TRAILBOOK_TOKEN": SECRET})


@pytest.fixture
async def browser(
    application: wiring.Application, doorkeeping: Doorkeeping, web_folder: Path
) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(application, doorkeeping, base_url=BASE, web_folder=web_folder)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://test{BASE}", headers=PAGE) as client:
        yield client


async def test_link_signs_in_once_and_leaves_the_address_bar(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("./", params={"token": SECRET})
    assert (answer.status_code, answer.headers["location"]) == (303, "/a%40b/services/trailbook/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert SECRET not in answer.headers["location"]
    home = await browser.get("./")
    assert (home.status_code, "Sign out" in home.text) == (200, False)
    data = (await browser.get("./api/v1/home")).json()
    assert (data["learner"], data["server"]) == (
        "solo ü",
        {"state": "ready", "url": "http://127.0.0.1:1234/user/solo%20%C3%BC/"},
    )
    assert [course["name"] for course in data["courses"]] == ["first-course"]


async def test_link_never_leads_to_another_host(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("http://test//evil.example/", params={"token": SECRET})
    assert answer.headers["location"] == "/a%40b/services/trailbook/"


async def test_without_the_link_there_is_no_way_in(browser: httpx.AsyncClient) -> None:
    for address in ("./", "./?token=guess", "./static/home.js"):
        answer = await browser.get(address)
        assert answer.status_code == 401
        assert "Open the address that `trailbook open` printed." in answer.text
        assert "Go to Home" not in answer.text
        assert "set-cookie" not in answer.headers
    assert (await browser.get("./oauth_callback?code=a&state=b")).status_code == 400


async def test_token_in_the_address_of_the_api_is_none(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("./api/v1/me", params={"token": SECRET})).status_code == 401
    by_header = await browser.get("./api/v1/me", headers={"Authorization": f"token {SECRET}"})
    assert by_header.json()["roles"] == {"first-course": ["learner"]}


async def test_lock_holds_for_one_person_too(browser: httpx.AsyncClient) -> None:
    await browser.get("./", params={"token": SECRET})
    answer = await browser.get("./api/v1/courses/first-course/lessons/first steps/02 next")
    assert (answer.status_code, answer.json()["code"]) == (403, "lesson_locked")


async def test_signing_out_ends_here(browser: httpx.AsyncClient) -> None:
    await browser.get("./", params={"token": SECRET})
    answer = await browser.get("./logout", follow_redirects=True)
    assert "You are signed out" in answer.text
    assert (await browser.get("./")).status_code == 401
