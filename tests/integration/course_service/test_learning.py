"""Lessons delivered, answers received: who may, and what is in the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from trailbook import wiring
from trailbook.adapters.signing import Ed25519Verifier
from trailbook.domain.receipts import receipt_of_json
from trailbook.services.verify_receipt import verify_receipt

Client = Callable[..., httpx.AsyncClient]
LESSON = "./api/v1/courses/first-course/lessons/first steps/01 näme"
LOCKED = "./api/v1/courses/first-course/lessons/first steps/02 next"
ANSWER = {"exercise": "half", "version": 1, "answers": {"half": "def half(n):\n    return n / 2"}}
HAND_IN = {"version": 1, "answers": {"half": "def half(n):\n    return n / 2"}}
SECRETS = ("half(90)", "n / 2.0", "BEGIN SOLUTION", "BEGIN HIDDEN")


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


async def test_open_lesson_is_delivered_without_solution_and_hidden_tests(client: Client) -> None:
    answer = await client("ada").get(LESSON)
    delivery = answer.json()
    assert answer.status_code == 200
    assert delivery["version"]["number"] == 1
    assert delivery["home_url"] == "/a%40b/services/trailbook/"
    assert delivery["lesson"]["status"] == "in_progress"
    assert [cell["id"] for cell in delivery["notebook"]["cells"]] == ["text", "answer", "tests"]
    (exercise,) = delivery["exercises"]
    assert (exercise["id"], exercise["state"], exercise["max_score"]) == ("half", "not_attempted", 2)
    assert "assert half(4) == 2" in answer.text
    assert [secret for secret in SECRETS if secret in answer.text] == []


async def test_answer_is_queued_and_found_again(client: Client) -> None:
    sent = await client("ada").post(f"{LESSON}/attempts", json=ANSWER, headers=key("answer-1"))
    assert sent.status_code == 202
    attempt = sent.json()
    assert (attempt["kind"], attempt["status"], attempt["exercise"]) == ("attempt", "queued", "half")
    assert sent.headers["location"] == f"/a%40b/services/trailbook/api/v1/attempts/{attempt['id']}"
    assert (await client("ada").get(f"http://test{sent.headers['location']}")).json() == attempt
    listed = await client("ada").get("./api/v1/courses/first-course/attempts?lesson=first steps/01 näme")
    assert listed.json() == {"items": [attempt], "next": None}
    (exercise,) = (await client("ada").get(LESSON)).json()["exercises"]
    assert (exercise["state"], exercise["attempt"]) == ("grading", attempt["id"])


@pytest.mark.parametrize(("noun", "body"), [("attempts", ANSWER), ("submissions", HAND_IN)])
async def test_same_key_is_the_same_attempt(client: Client, noun: str, body: dict[str, Any]) -> None:
    first = await client("ada").post(f"{LESSON}/{noun}", json=body, headers=key("once"))
    again = await client("ada").post(f"{LESSON}/{noun}", json=body, headers=key("once"))
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = await client("ada").post(f"{LESSON}/{noun}", json={**body, "answers": {"half": ""}}, headers=key("once"))
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    theirs = await client("trap").post(f"{LESSON}/{noun}", json=body, headers=key("once"))
    assert (theirs.status_code, theirs.json()["id"] != first.json()["id"]) == (202, True)


@pytest.mark.parametrize(("noun", "body"), [("attempts", ANSWER), ("submissions", HAND_IN)])
async def test_locked_lesson_takes_no_answers(client: Client, noun: str, body: dict[str, Any]) -> None:
    answer = await client("ada").post(f"{LOCKED}/{noun}", json=body, headers=key("too early"))
    assert (answer.status_code, answer.json()["code"]) == (403, "lesson_locked")


async def test_lesson_can_be_handed_in_unanswered(client: Client) -> None:
    sent = await client("ada").post(f"{LESSON}/submissions", json={"version": 1, "answers": {}}, headers=key("blank"))
    assert (sent.status_code, sent.json()["kind"], sent.json()["exercise"]) == (202, "submission", None)
    assert (await client("ada").get(LESSON)).json()["lesson"]["handed_in"] is True


async def test_reported_events_are_kept_as_hints(client: Client, application: wiring.Application) -> None:
    items = [{"kind": "run", "exercise": "half", "seconds": 2}, {"kind": "checked", "data": {"passed": True}}]
    answer = await client("ada").post(f"{LESSON}/events", json={"items": items})
    assert (answer.status_code, answer.content) == (204, b"")
    with application.storage() as work:
        kept = [event for event in work.events.after(0, learner="ada") if not event.trusted]
    assert [(event.kind, event.exercise, dict(event.data)) for event in kept] == [
        ("run", "half", {"seconds": 2}),
        ("checked", None, {"passed": True}),
    ]


@pytest.mark.parametrize(
    ("items", "status", "code"),
    [
        ([{"kind": "attempt_graded"}], 422, "bad_event"),
        ([{"kind": "run", "exercise": "none"}], 404, "unknown_exercise"),
        ([{"kind": "run", "seconds": -1}], 422, "invalid_request"),
        ([{"kind": "run", "score": 1}], 422, "invalid_request"),
        ([{"kind": "Run!"}], 422, "invalid_request"),
        ([{"kind": "run", "data": {"text": "x" * 3000}}], 413, "too_large"),
        ([{"kind": "run"}] * 201, 422, "invalid_request"),
    ],
)
async def test_bad_reports_are_refused_whole(client: Client, items: list[Any], status: int, code: str) -> None:
    answer = await client("ada").post(f"{LESSON}/events", json={"items": [{"kind": "run"}, *items]})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
async def test_numbers_that_are_none_are_refused(client: Client, number: str) -> None:
    content = f'{{"items": [{{"kind": "run", "data": {{"x": {number}}}}}]}}'
    headers = {"Content-Type": "application/json"}
    answer = await client("ada").post(f"{LESSON}/events", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_event")


async def test_another_ones_attempt_does_not_exist(client: Client) -> None:
    sent = await client("ada").post(f"{LESSON}/attempts", json=ANSWER, headers=key("mine"))
    address = f"./api/v1/attempts/{sent.json()['id']}"
    for token in ("trap", "mallory"):
        answer = await client(token).get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_attempt")
    assert (await client("greta").get(address)).status_code == 200, "a grader of the course may look"
    listed = await client("trap").get("./api/v1/courses/first-course/attempts?lesson=first steps/01 näme")
    assert listed.json()["items"] == []


@pytest.mark.parametrize("token", ["ines", "greta"])
async def test_staff_open_any_lesson_of_their_course(client: Client, token: str) -> None:
    assert (await client(token).get(LOCKED)).status_code == 200


async def test_who_is_in_no_course_gets_nothing_of_it(client: Client) -> None:
    mallory = client("mallory")
    for answer in (
        await mallory.get(LESSON),
        await mallory.get("./api/v1/courses/first-course/path"),
        await mallory.post(f"{LESSON}/attempts", json=ANSWER, headers=key("let me in")),
        await mallory.post(f"{LESSON}/submissions", json=HAND_IN, headers=key("let me in")),
        await mallory.post(f"{LESSON}/events", json={"items": []}),
        await mallory.get("./api/v1/courses/first-course/attempts?lesson=first steps/01 näme"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_in_course")


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "./"),
        ("GET", "./api/v1/home"),
        ("GET", "./api/v1/server"),
        ("POST", "./api/v1/server"),
        ("GET", "./api/v1/attempts/any"),
        ("GET", "./api/v1/courses/first-course/path"),
        ("GET", "./api/v1/courses/first-course/attempts?lesson=first steps/01 näme"),
        ("GET", LESSON),
        ("POST", f"{LESSON}/attempts"),
        ("POST", f"{LESSON}/submissions"),
        ("POST", f"{LESSON}/events"),
        ("GET", "./api/v1/events"),
    ],
)
async def test_service_token_may_only_release(client: Client, method: str, address: str) -> None:
    body = {"POST": {"items": []} if address.endswith("events") else ANSWER}.get(method)
    async with asyncio.timeout(10):
        answer = await client("staff").request(method, address, json=body, headers=key("as a service"))
    assert (answer.status_code, answer.json()["code"]) == (403, "service_not_allowed")


async def test_receipt_is_for_whom_it_belongs_to(client: Client) -> None:
    sent = await client("ada").post(f"{LESSON}/attempts", json=ANSWER, headers=key("with a receipt"))
    address = f"./api/v1/attempts/{sent.json()['id']}/receipt"
    answer = await client("ada").get(address)
    assert answer.headers["content-disposition"] == 'attachment; filename="receipt.json"'
    receipt = answer.json()
    assert (receipt["id"], receipt["learner"], receipt["signature"] != "") == (sent.json()["id"], "ada", True)
    assert receipt == sent.json()["receipt"] | {"received_at": receipt["received_at"]}
    for token, status in (("trap", 404), ("mallory", 404), ("staff", 403), ("greta", 200)):
        assert (await client(token).get(address)).status_code == status, token
    (exercise,) = (await client("ada").get(LESSON)).json()["exercises"]
    assert exercise["has_receipt"] is True


async def test_receipt_is_right_by_the_key_the_service_shows(client: Client) -> None:
    sent = await client("ada").post(f"{LESSON}/attempts", json=ANSWER, headers=key("to verify"))
    receipt = receipt_of_json((await client("ada").get(f"./api/v1/attempts/{sent.json()['id']}/receipt")).json())
    keys = (await client("trap").get("./api/v1/receipt-keys")).json()
    pem = await client("staff").get(f"./api/v1/receipt-keys/{receipt.key_id}")
    assert keys == {"items": [{"id": receipt.key_id, "pem": pem.text}], "next": None}
    assert pem.headers["content-disposition"] == f'attachment; filename="receipts-{receipt.key_id}.pem"'
    assert verify_receipt(receipt, Ed25519Verifier([pem.content]), sources=ANSWER["answers"]).is_valid
    unknown = await client("ada").get("./api/v1/receipt-keys/another")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_key")


async def test_lesson_handed_in_leads_to_its_receipt(client: Client) -> None:
    assert (await client("ada").get(LESSON)).json()["handed_in_attempt"] is None
    sent = await client("ada").post(f"{LESSON}/submissions", json=HAND_IN, headers=key("whole"))
    assert (await client("ada").get(LESSON)).json()["handed_in_attempt"] == sent.json()["id"]


async def test_too_many_attempts_are_429_with_the_time_to_wait(client: Client) -> None:
    ada = client("ada")
    for number in range(20):
        assert (await ada.post(f"{LESSON}/attempts", json=ANSWER, headers=key(f"{number}"))).status_code == 202
    refused = await ada.post(f"{LESSON}/attempts", json=ANSWER, headers=key("one more"))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    seconds = refused.json()["details"]["seconds"]
    assert 0 < seconds <= 60
    assert refused.headers["retry-after"] == str(seconds)
    assert (await ada.post(f"{LESSON}/attempts", json=ANSWER, headers=key("0"))).status_code == 202, "a repetition"
    assert (await client("trap").post(f"{LESSON}/attempts", json=ANSWER, headers=key("0"))).status_code == 202
