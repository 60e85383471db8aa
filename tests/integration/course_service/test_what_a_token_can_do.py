"""A learner's hub token can be read by the learner's code: it says who submits, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from trailbook import wiring
from trailbook.domain.course import LessonKey
from trailbook.domain.people import Identity, Role
from trailbook.services.ports import StoredProgress
from trailbook.services.standing import NOTHING

Client = Callable[..., httpx.AsyncClient]
LESSON = "./api/v1/courses/first-course/lessons/first steps/01 näme"
KEY = LessonKey("first steps", "01 näme")
ANSWER = {"exercise": "half", "version": 1, "answers": {"half": "def half(n):\n    return n / 2"}}
FORGED = {"score": 2, "max_score": 2, "points": 1e9, "verdict": "graded", "passed": True, "learner": "trap"}


def standing(application: wiring.Application, learner: str) -> StoredProgress:
    with application.storage(read_only=True) as work:
        return work.progress.of_learner(learner, "first-course").get(KEY, NOTHING)


async def reached(client: Client, token: str) -> tuple[float, list[str]]:
    path = (await client(token).get("./api/v1/courses/first-course/path")).json()
    return path["score"], [lesson["status"] for module in path["modules"] for lesson in module["lessons"]]


@pytest.mark.parametrize("number", [-1, 1e9, -1e9, 2, "NaN", "Infinity", None, True, [2], {"score": 2}])
async def test_points_in_reports_are_hints_at_most(
    client: Client, application: wiring.Application, number: Any
) -> None:
    item = {"kind": "checked", "exercise": "half", "data": {**FORGED, "score": number}}
    assert (await client("ada").post(f"{LESSON}/events", json={"items": [item]})).status_code == 204
    assert standing(application, "ada").exercises == {}
    assert await reached(client, "ada") == (0, ["open", "locked"])
    with application.storage(read_only=True) as work:
        kept = [event for event in work.events.after(0) if event.kind == "checked"]
    assert [(event.learner, event.actor, event.trusted) for event in kept] == [("ada", "server", False)]


@pytest.mark.parametrize(
    "kind",
    ["attempt_graded", "submission_graded", "manual_grade", "lesson_unlocked", "path_changed", "lesson_released"],
)
async def test_what_only_the_service_may_say_is_refused(client: Client, kind: str) -> None:
    items = [{"kind": kind, "exercise": "half", "data": FORGED}]
    answer = await client("ada").post(f"{LESSON}/events", json={"items": items})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_event")


async def test_forged_end_of_a_test_is_told_to_nobody(client: Client, application: wiring.Application) -> None:
    items = [{"kind": "test_ended", "exercise": "half", "data": FORGED}]
    assert (await client("ada").post(f"{LESSON}/events", json={"items": items})).status_code == 204
    person = Identity("ada", {"first-course": frozenset({Role.LEARNER})})
    _, told = application.list_events(person, after=0)
    assert {event.kind for event in told} == {"lesson_released"}


@pytest.mark.parametrize("noun", ["attempts", "submissions"])
@pytest.mark.parametrize("field", [*FORGED, "id", "kind", "status", "result", "created_at", "tests"])
async def test_answer_with_more_than_an_answer_is_refused(client: Client, noun: str, field: str) -> None:
    body = {**ANSWER, field: FORGED.get(field, "x")}
    if noun == "submissions":
        del body["exercise"]
    sent = await client("ada").post(f"{LESSON}/{noun}", json=body, headers={"Idempotency-Key": "more"})
    assert (sent.status_code, sent.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("change", [{"version": -1}, {"version": 1e9}, {"version": 1.5}, {"version": "1"}])
async def test_version_is_a_number_of_a_release(client: Client, change: dict[str, Any]) -> None:
    sent = await client("ada").post(
        f"{LESSON}/attempts", json={**ANSWER, **change}, headers={"Idempotency-Key": "version"}
    )
    assert sent.status_code == 422


@pytest.mark.parametrize("query", ["?learner=trap", "?user=trap&as=trap", "?score=2", "?learner=trap&learner=ada"])
async def test_nobody_acts_for_another(client: Client, application: wiring.Application, query: str) -> None:
    headers = {"Idempotency-Key": "for another", "X-Forwarded-User": "trap", "Remote-User": "trap"}
    sent = await client("ada", **headers).post(f"{LESSON}/attempts{query}", json=ANSWER)
    assert sent.status_code == 202
    assert sent.json()["receipt"]["learner"] == "ada"
    with application.storage(read_only=True) as work:
        names = {each.learner for each in work.attempts.waiting(now=application.context.clock(), limit=10)}
    assert names == {"ada"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
@pytest.mark.parametrize(
    "address",
    [
        "./api/v1/courses/first-course/path",
        "./api/v1/attempts/any",
        "./api/v1/attempts/any/receipt",
        "./api/v1/home",
        "./api/v1/me",
        LESSON,
    ],
)
async def test_standing_cannot_be_written(client: Client, method: str, address: str) -> None:
    assert (await client("ada").request(method, address, json=FORGED)).status_code == 405


@pytest.mark.parametrize("token", ["ada", "greta", "mallory", "other-staff"])
async def test_only_an_instructor_releases(client: Client, token: str) -> None:
    answer = await client(token).post("./api/v1/courses/first-course/releases", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_instructor")


@pytest.mark.parametrize("part", ["..", "%2e%2e", "..%2f..%2fetc", "%2fetc%2fpasswd", "a\\..\\b", "%00", "~root", "."])
@pytest.mark.parametrize("place", ["courses/{}/path", "courses/{}/lessons/m/l", "courses/first-course/lessons/{}/l"])
async def test_names_are_no_paths(client: Client, part: str, place: str) -> None:
    transport = client("ada")
    answer = await transport.get(f"./api/v1/{place.format(part)}")
    assert answer.status_code in (403, 404, 405, 422), answer.text
    assert "root:" not in answer.text
    assert answer.json()["code"] in {
        "unknown_course",
        "unknown_lesson",
        "not_found",
        "invalid_request",
        "not_in_course",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "X-Trailbook": "1"},
        {"Sec-Fetch-Site": "same-site", "X-Trailbook": "1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example", "Content-Type": "text/plain"},
        {},
    ],
)
@pytest.mark.parametrize("noun", ["attempts", "submissions", "events"])
async def test_another_site_cannot_submit_with_the_cookie(
    client: Client, application: wiring.Application, headers: dict[str, str], noun: str
) -> None:
    bodies = {
        "attempts": ANSWER,
        "submissions": {k: ANSWER[k] for k in ("version", "answers")},
        "events": {"items": []},
    }
    browser = client(Cookie="service-trailbook=ada", **{"Idempotency-Key": "cross"}, **headers)
    answer = await browser.post(f"{LESSON}/{noun}", json=bodies[noun])
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert standing(application, "ada") == NOTHING


async def test_no_answer_can_be_framed(client: Client) -> None:
    for address in ("./", "./api/v1/home", LESSON, "./api/v1/nothing"):
        answer = await client("ada", Accept="text/html").get(address)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], address
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
