"""`trailbook release` on a staff server: the course service does it."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from trailbook.adapters.release_client import post_release
from trailbook.domain.errors import CourseError, NotAllowed, NotFound, ProblemsFound, Unavailable

URL = "http://127.0.0.1:9001/a%40b/services/trailbook/"


def ask(answer: Callable[[httpx.Request], httpx.Response], *lessons: str) -> dict[str, object]:
    """Ask a service that answers so."""
    return post_release(URL, "c", lessons=lessons, token="secret", transport=httpx.MockTransport(answer))


def test_request_carries_lessons_and_token() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == "http://127.0.0.1:9001/a%40b/services/trailbook/api/v1/courses/c/releases"
        assert request.headers["Authorization"] == "token secret"
        return httpx.Response(200, json={"items": json.loads(request.content)["lessons"], "warnings": []})

    assert ask(answer, "m/l") == {"items": ["m/l"], "warnings": []}


def test_no_lessons_means_all() -> None:
    assert ask(lambda request: httpx.Response(200, json={"sent": json.loads(request.content)})) == {"sent": {}}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (422, "problems_found", ProblemsFound),
        (403, "not_instructor", NotAllowed),
        (404, "unknown_lesson", NotFound),
        (503, "gradebook_unavailable", Unavailable),
        (500, "internal", CourseError),
    ],
)
def test_refusal_comes_back_as_it_was_given(status: int, code: str, kind: type[CourseError]) -> None:
    body = {"message": "No.", "code": code, "details": {"problems": [1]}}
    with pytest.raises(kind) as caught:
        ask(lambda request: httpx.Response(status, json=body))
    assert (caught.value.code, caught.value.message, caught.value.details) == (code, "No.", {"problems": [1]})


def test_answer_that_is_no_json_is_a_refusal_with_its_status() -> None:
    with pytest.raises(CourseError, match="status 502"):
        ask(lambda request: httpx.Response(502, text="<html>bad gateway"))


def test_service_that_is_down_is_unavailable_and_keeps_the_token_to_itself() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Unavailable) as caught:
        ask(refuse)
    assert "secret" not in caught.value.message
