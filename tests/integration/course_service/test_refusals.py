"""Every refusal has one shape, says what to do, and tells nothing of what is inside."""

from __future__ import annotations

import logging
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

Client = Callable[..., httpx.AsyncClient]
PAGE = {"sec-fetch-mode": "navigate", "accept": "text/html"}
ATTEMPTS = "./api/v1/courses/first-course/lessons/first steps/01 näme/attempts"
KEY = {"Idempotency-Key": "key-0001"}
ANSWER = {"exercise": "half", "version": 1, "answers": {"half": "def half(n): return n / 2"}}


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "./api/v1/nothing", 404, "not_found"),
        ("GET", "./nothing", 404, "not_found"),
        ("GET", "./static/nothing.js", 404, "not_found"),
        ("GET", "./static/", 404, "not_found"),
        ("DELETE", "./api/v1/home", 405, "method_not_allowed"),
        ("PUT", "./api/v1/server", 405, "method_not_allowed"),
        ("GET", "./api/v1/courses/nowhere/path", 404, "unknown_course"),
        ("GET", "./api/v1/courses/first-course/lessons/first steps/09 none", 404, "unknown_lesson"),
        ("GET", "./api/v1/courses/first-course/lessons/..%2F..%2Fetc/passwd", 404, "not_found"),
        ("GET", "./api/v1/courses/first-course/lessons/first steps/01%00", 422, "invalid_request"),
        ("GET", "./api/v1/courses/first-course/lessons/first steps/02 next", 403, "lesson_locked"),
        ("GET", "./api/v1/attempts/none", 404, "unknown_attempt"),
        ("GET", "./api/v1/courses/first-course/attempts", 422, "invalid_request"),
        ("GET", "./api/v1/courses/first-course/attempts?lesson=nowhere", 404, "unknown_lesson"),
        ("GET", "./api/v1/events?after=-1", 422, "invalid_request"),
    ],
)
async def test_refusal_has_its_status_and_shape(
    client: Client, method: str, address: str, status: int, code: str
) -> None:
    answer = await client("ada").request(method, address)
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert set(answer.json()) == {"message", "code", "details"}
    assert answer.json()["message"].endswith((".", "?"))


async def test_locked_lesson_says_what_opens_it(client: Client) -> None:
    answer = await client("ada").get("./api/v1/courses/first-course/lessons/first steps/02 next")
    details = answer.json()["details"]
    assert answer.json()["message"] == details["because"]
    assert details["because"].startswith("Opens when you reach 80 % in Halves")
    assert [(each["lesson"], each["met"]) for each in details["requirements"]] == [("first steps/01 näme", False)]
    assert "Because." not in answer.text


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "invalid_request"),
        (b"{", 400, "not_json"),
        (b"\xff\xfe", 400, "not_json"),
        (b"[]", 422, "invalid_request"),
        (b'{"exercise": "half", "version": 1}', 422, "invalid_request"),
        (b'{"exercise": "half", "version": "1", "answers": {}}', 422, "invalid_request"),
        (b'{"exercise": "half", "version": true, "answers": {}}', 422, "invalid_request"),
        (b'{"exercise": "half", "version": 1, "answers": {"half": 7}}', 422, "invalid_request"),
        (b'{"exercise": "half", "version": 1, "answers": {"half": "a\\u0000b"}}', 422, "invalid_request"),
        (b'{"exercise": "half", "version": 1, "answers": {"half": "\\ud800"}}', 422, "invalid_request"),
        (b'{"exercise": "half", "version": 1, "answers": {"\\ud800": "x"}}', 422, "invalid_request"),
        (b'{"exercise": "half", "version": 1, "answers": {}, "score": 100}', 422, "invalid_request"),
        (b'{"exercise": "half", "version": 1, "answers": {}}', 422, "missing_answer"),
        (b'{"exercise": "half", "version": 9, "answers": {"half": ""}}', 422, "unknown_version"),
        (b'{"exercise": "half", "version": 1, "answers": {"half-tests": "pass"}}', 422, "unknown_cell"),
        (b'{"exercise": "no such", "version": 1, "answers": {"half": ""}}', 404, "unknown_exercise"),
    ],
)
async def test_bad_body_is_refused(client: Client, content: bytes, status: int, code: str) -> None:
    headers = KEY | {"Content-Type": "application/json"}
    answer = await client("ada").post(ATTEMPTS, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"message", "code", "details"}


async def test_refusal_does_not_repeat_what_was_sent(client: Client) -> None:
    answer = await client("ada").post(ATTEMPTS, json={**ANSWER, "answers": {"half": ["my secret answer"]}}, headers=KEY)
    assert answer.status_code == 422
    assert "body.answers.half" in answer.json()["message"]
    assert "secret" not in answer.text


@pytest.mark.parametrize("key", ["", "x" * 101, "tab\tin it"])
async def test_bad_idempotency_key_is_refused(client: Client, key: str) -> None:
    answer = await client("ada").post(ATTEMPTS, json=ANSWER, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_key")


async def test_missing_idempotency_key_is_named(client: Client) -> None:
    answer = await client("ada").post(ATTEMPTS, json=ANSWER)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["message"]


@pytest.mark.parametrize("address", ["./nothing", "./static/nothing.css"])
async def test_browser_gets_a_page(client: Client, address: str) -> None:
    answer = await client("ada", **PAGE).get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "There is nothing here" in answer.text
    assert 'href="/a%40b/services/trailbook/static/tokens.css"' in answer.text
    assert "--insecure" in answer.text, "every page says that there is no sandbox"


async def test_page_for_nobody_brings_its_own_style(client: Client) -> None:
    answer = await client(**PAGE).get("./oauth_callback")
    assert "<style>\nbody { margin: 0 }</style>" in answer.text
    assert "static/tokens.css" not in answer.text
    assert "style-src 'self' 'sha256-" in answer.headers["content-security-policy"]


async def test_our_own_fault_is_logged_and_tells_nothing(
    app: FastAPI, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("the inside of the service")

    app.get("/a@b/services/trailbook/fail")(fail)
    for headers in ({}, PAGE):
        with caplog.at_level(logging.ERROR):
            answer = await client("ada", **headers).get("./fail")
        assert answer.status_code == 500
        assert "inside" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await client("ada").get("./fail")).json() == {
        "message": "Something went wrong on our side. Nothing you sent was lost; try again in a moment.",
        "code": "internal_error",
        "details": {},
    }


async def test_every_answer_carries_the_security_headers(client: Client) -> None:
    for address in ("./", "./api/v1/home", "./static/home.js", "./nothing"):
        for token in ("ada", ""):
            headers = (await client(token).get(address)).headers
            assert headers["x-frame-options"] == "DENY"
            assert headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "no-store" in headers["cache-control"] or "no-cache" in headers["cache-control"]
