"""Nothing answers without a credential, and a cookie alone changes nothing from another site."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

Client = Callable[..., httpx.AsyncClient]
BASE = "/a%40b/services/trailbook/"
PAGE = {"sec-fetch-mode": "navigate", "accept": "text/html"}


def addresses(app: FastAPI) -> list[tuple[str, str]]:
    """Return method and address of every route, and of some that are none."""
    documented = [
        (method.upper(), address.removeprefix("/a@b/services/trailbook"))
        for address, methods in app.openapi()["paths"].items()
        for method in methods
    ]
    assert len(documented) >= 12
    pages = ["/", "/logout", "/openapi.json", "/static/home.js", "/docs", "/redoc", "/nothing"]
    return [*documented, *(("GET", page) for page in pages), ("OPTIONS", "/api/v1/home"), ("HEAD", "/")]


async def test_no_address_answers_without_a_credential(app: FastAPI, client: Client) -> None:
    nobody = client()
    for method, address in addresses(app):
        answer = await nobody.request(method, f".{address}".replace("{", "").replace("}", ""))
        assert answer.status_code == 401, address
        if method != "HEAD":
            assert answer.json()["code"] == "not_signed_in"
            assert set(answer.json()) == {"message", "code", "details"}
    for address in ("/", "/favicon.ico", "/hub/", "/a%40b/services/"):
        assert (await nobody.get(f"http://test{address}")).status_code == 401


@pytest.mark.parametrize("header", ["token nobody's", "Bearer nobody's", "Basic YWRhOng=", "token", "ada"])
async def test_wrong_credential_is_none(client: Client, header: str) -> None:
    answer = await client(Authorization=header).get("./api/v1/me")
    assert answer.status_code == 401


async def test_token_says_who_asks_by_either_word(client: Client) -> None:
    for header in ("token ada", "Bearer ada", "bearer  ada"):
        answer = await client(Authorization=header).get("./api/v1/me")
        assert answer.json() == {
            "name": "ada",
            "roles": {"first-course": ["learner"]},
            "insecure": True,
            "version": "0.1.0",
        }


async def test_browser_that_is_not_signed_in_goes_to_the_hub_and_comes_back(client: Client) -> None:
    nobody = client(**PAGE)
    answer = await nobody.get("./?course=first-course")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/a%40b/hub/api/oauth2/authorize?state=st"
    assert re.match(r"service-trailbook-oauth-state-\w+=st; HttpOnly; Max-Age=600;", answer.headers["set-cookie"])
    assert f"Path={BASE}" in answer.headers["set-cookie"]
    back = await nobody.get("./oauth_callback?code=good&state=st")
    assert back.status_code == 303
    assert back.headers["location"] == "/a%40b/services/trailbook/?course=first-course"
    cookies = back.headers.get_list("set-cookie")
    assert any(cookie.startswith("service-trailbook=ada; HttpOnly; Path=") for cookie in cookies)
    assert (await nobody.get("./")).status_code == 200


@pytest.mark.parametrize("address", ["//evil.example/a", "/%2Fevil.example", "/a%40b/elsewhere"])
async def test_sign_in_never_returns_to_another_place(client: Client, address: str) -> None:
    nobody = client(**PAGE)
    await nobody.get(f"http://test{address}")
    back = await nobody.get("./oauth_callback?code=good&state=st")
    assert back.headers["location"] == BASE


@pytest.mark.parametrize("query", ["code=bad&state=st", "code=good", "error_description=denied", "", "state=st&code="])
async def test_failed_sign_in_says_so_on_a_page(client: Client, query: str) -> None:
    answer = await client(**PAGE).get(f"./oauth_callback?{query}")
    assert answer.status_code == 400
    assert "That did not work" in answer.text
    assert "set-cookie" not in answer.headers


async def test_cookie_is_secure_where_the_browser_came_encrypted(client: Client) -> None:
    nobody = client(**PAGE, **{"X-Forwarded-Proto": "https,http"})
    assert "; Secure" in (await nobody.get("./")).headers["set-cookie"]


async def test_signing_out_forgets_the_token_and_goes_on_to_the_hub(client: Client) -> None:
    answer = await client(Cookie="service-trailbook=ada").get("./logout")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/a%40b/hub/logout"
    assert 'service-trailbook=""' in answer.headers["set-cookie"]
    assert "You are signed out" in (await client(**PAGE).get("./signed-out")).text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Trailbook": "1"}, 202),
        ({"X-Trailbook": "1", "Sec-Fetch-Site": "same-origin"}, 202),
        ({"X-Trailbook": "1", "Sec-Fetch-Site": "none"}, 202),
        ({"X-Trailbook": "1", "Sec-Fetch-Site": "same-site"}, 403),
        ({"X-Trailbook": "1", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
async def test_cookie_writes_only_from_our_own_page(client: Client, headers: dict[str, str], status: int) -> None:
    answer = await client(Cookie="service-trailbook=ada", **headers).post("./api/v1/server")
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross_site"


async def test_token_writes_without_a_page(client: Client) -> None:
    answer = await client("ada", **{"Sec-Fetch-Site": "cross-site"}).post("./api/v1/server")
    assert (answer.status_code, answer.json()) == (202, {"state": "starting", "url": "/user/ada/"})
    assert (await client("ada").get("./api/v1/server")).json()["state"] == "ready"


async def test_link_with_a_token_is_no_way_in_through_a_hub(client: Client) -> None:
    answer = await client(**PAGE).get("./?token=ada")
    assert answer.status_code == 302
    assert "service-trailbook=ada" not in str(answer.headers)


async def test_openapi_document_is_for_who_is_signed_in(client: Client) -> None:
    document = (await client("ada").get("./openapi.json")).json()
    assert "/a@b/services/trailbook/api/v1/courses/{course}/releases" in document["paths"]


@pytest.mark.parametrize("token", ["ada", "ines", "mallory"])
async def test_static_files_are_for_who_is_signed_in(client: Client, token: str) -> None:
    answer = await client(token).get("./static/home.js")
    assert (answer.status_code, answer.text) == (200, "export {};")
    assert answer.headers["cache-control"] == "private, no-cache"
    again = await client(token).get("./static/home.js", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    for way_out in ("../tokens.css", "..%2f..%2fpyproject.toml", quote("../state/trailbook.db")):
        assert (await client(token).get(f"./static/{way_out}")).status_code == 404
