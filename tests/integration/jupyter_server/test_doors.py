"""Who may ask at all: every address wants a sign-in, every change a token of our own page."""

from __future__ import annotations

import inspect
from typing import Any

import httpx
import pytest
from learners_server.course import COURSE, LESSON
from learners_server.page import Learner, address
from tornado.web import RequestHandler

from trailbook_server.errors import STATUS, body_of, service_unavailable, status_of
from trailbook_server.extension import TrailbookExtension, all_handlers

METHODS = ("get", "head", "post", "put", "patch", "delete")
OURS = [
    (handler, method, vars(owner)[method])
    for handler in {route[1] for route in all_handlers}
    for owner in handler.__mro__
    if owner.__module__.startswith("trailbook_server")
    for method in METHODS
    if method in vars(owner)
]


@pytest.mark.parametrize(("handler", "method", "function"), OURS, ids=lambda each: getattr(each, "__name__", str(each)))
def test_every_method_asks_who_and_whether(handler: type[RequestHandler], method: str, function: Any) -> None:
    source = inspect.getsource(function)
    assert source.strip().startswith("@authenticated\n    @authorized\n"), handler
    assert function.__name__ == method  # no alias: an authorizer remembers the first verb


def test_no_method_is_shared_under_two_names() -> None:
    functions = [function for _, _, function in OURS]
    assert len(functions) == len({id(function) for function in functions}) or len(set(map(id, functions))) == len(
        {(function.__module__, function.__qualname__) for function in functions}
    )


@pytest.mark.parametrize(
    "path",
    [
        f"trailbook/lessons/{address(LESSON)}",
        f"trailbook/lessons/{address(LESSON)}/files/square.png",
        f"trailbook/api/lessons/{address(LESSON)}",
        "trailbook/api/events",
        "trailbook/api/attempts/1",
        "trailbook/api/widgets?kernel=1",
        "trailbook/static/lesson.js",
        "trailbook/voila/static/voila.js",
        "trailbook",
    ],
)
def test_reading_wants_a_sign_in(learner: Learner, path: str) -> None:
    answer = httpx.get(learner.server.url + path)
    assert answer.status_code in (302, 403)
    assert "login" in answer.headers.get("Location", "login")


@pytest.mark.parametrize(
    "what", ["kernel", "run", "check", "interrupt", "restart", "attempts", "submissions", "events"]
)
def test_changes_want_a_token_of_our_own_page(learner: Learner, what: str) -> None:
    with httpx.Client(base_url=learner.server.url, timeout=60) as browser:
        page = browser.get(f"trailbook/lessons/{address(LESSON)}", params={"token": learner.server.token})
        assert page.status_code == 200
        address_of = f"trailbook/api/lessons/{address(LESSON)}/{what}"
        assert browser.post(address_of, json={}).status_code == 403
        token = page.text.split('data-xsrf="')[1].split('"')[0]
        assert browser.post(address_of, json={}, headers={"X-XSRFToken": token}).status_code != 403


def test_static_files_do_not_lead_out_of_their_folder(learner: Learner) -> None:
    for folder in ("trailbook/static", "trailbook/voila/static", "trailbook/voila/labextensions"):
        for path in ("../../../../../../etc/passwd", "..%2F..%2F..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd"):
            request = httpx.Request("GET", learner.server.url, headers=learner.client.headers)
            request.url = request.url.copy_with(raw_path=f"/a%40b/{folder}/{path}".encode())
            answer = learner.client.send(request)
            assert answer.status_code in (403, 404)
            assert "root:" not in answer.text


def test_voila_scripts_for_widgets_come_from_this_server(learner: Learner) -> None:
    assert learner.client.get("trailbook/api/widgets", params={"kernel": "nope"}).status_code == 404
    kernel = learner.lines("kernel")[-2]["id"]
    found = learner.client.get("trailbook/api/widgets", params={"kernel": kernel}).json()
    assert found["page_config"]["kernelId"] == kernel
    assert found["page_config"]["baseUrl"] == "/a%40b/"
    assert "://" not in str(found)
    for script in found["scripts"]:
        answer = learner.client.get(learner.server.origin + script)
        assert answer.status_code == 200
        assert "javascript" in answer.headers["Content-Type"]


def test_every_refusal_has_a_status_and_one_shape() -> None:
    assert all(400 <= status < 600 for status in STATUS.values())
    assert (status_of(service_unavailable()), set(body_of(service_unavailable()))) == (
        503,
        {"message", "code", "details"},
    )


def test_every_option_says_what_it_means() -> None:
    own = TrailbookExtension.class_own_traits(config=True)
    assert {"service_url", "token", "home_url", "insecure", "max_kernels", "cull_idle_seconds", "state_dir"} <= set(own)
    assert all(len(trait.help) > 20 for trait in own.values())


def test_course_names_cannot_be_paths(learner: Learner) -> None:
    for name in ("..", ".", "a\\b"):
        answer = learner.client.get(f"trailbook/api/lessons/{COURSE}/ps 1/{name}".replace("..", "%2E%2E"))
        assert answer.status_code == 404
