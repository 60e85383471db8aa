"""The OpenAPI document is the contract: what is answered is what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

Client = Callable[..., httpx.AsyncClient]
PREFIX = "/a@b/services/trailbook"
LESSON = "/api/v1/courses/{course}/lessons/{module}/{lesson}"
NAMES = {"{course}": "first-course", "{module}": "first steps", "{lesson}": "01 näme", "{override_id}": "1"}
ANSWERS = {"half": "def half(n):\n    return n / 2"}
OVERRIDE = {"lesson": "first steps/02 next", "action": "open", "reason": "was ill", "learner": "nobody"}
FOR_STAFF = ("/class", "/overrides", "/withdrawals", "/learners/{learner}/path")
REQUESTS = [
    ("GET", "/api/v1/me", None, 200),
    ("GET", "/api/v1/home", None, 200),
    ("GET", "/api/v1/server", None, 200),
    ("POST", "/api/v1/server", None, 202),
    ("GET", "/api/v1/courses/{course}/path", None, 200),
    ("GET", LESSON, None, 200),
    ("POST", f"{LESSON}/attempts", {"exercise": "half", "version": 1, "answers": ANSWERS}, 202),
    ("POST", f"{LESSON}/submissions", {"version": 1, "answers": ANSWERS}, 202),
    ("GET", "/api/v1/courses/{course}/attempts?lesson=first steps/01 näme", None, 200),
    ("POST", "/api/v1/courses/{course}/releases", {}, 200),
    ("GET", "/api/v1/receipt-keys", None, 200),
    ("GET", "/api/v1/courses/{course}/class", None, 200),
    ("GET", "/api/v1/courses/{course}/overrides", None, 200),
    ("POST", "/api/v1/courses/{course}/overrides", OVERRIDE, 404),
    ("POST", "/api/v1/courses/{course}/overrides/{override_id}/withdrawals", {"reason": "is back"}, 404),
    ("GET", "/api/v1/courses/{course}/learners/{learner}/path", None, 404),
    ("GET", "/api/v1/attempts/{attempt}", None, 404),
    ("GET", "/api/v1/courses/{course}/attempts", None, 422),
]


async def document_of(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = (await client("ada").get("./openapi.json")).json()
    return document


@pytest.mark.parametrize(("method", "address", "body", "status"), REQUESTS)
async def test_answer_is_as_documented(
    client: Client, method: str, address: str, body: dict[str, Any] | None, status: int
) -> None:
    document = await document_of(client)
    filled = address
    for name, value in NAMES.items():
        filled = filled.replace(name, value)
    token = "staff" if address.endswith("/releases") else "ines" if address.endswith(FOR_STAFF) else "ada"
    answer = await client(token).request(method, f".{filled}", json=body, headers={"Idempotency-Key": "once"})
    assert answer.status_code == status
    documented = document["paths"][PREFIX + address.partition("?")[0]][method.lower()]["responses"]
    schema = documented[str(status) if status < 400 else "4XX"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": document["components"]})
    assert [error.message for error in validator.iter_errors(answer.json())] == []
    sent = validator.schema["$ref"].rpartition("/")[2]
    assert set(answer.json()) == set(document["components"]["schemas"][sent]["properties"])


async def test_every_refusal_is_documented_in_its_one_shape(client: Client) -> None:
    document = await document_of(client)
    operations = [
        (address, operation) for address, methods in document["paths"].items() for operation in methods.values()
    ]
    assert len(operations) == 34
    assert {address for address, operation in operations if "4XX" not in operation["responses"]} == set()
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_names_are_the_ones_that_are_sent(client: Client) -> None:
    lesson = (await document_of(client))["components"]["schemas"]["LessonView"]
    assert "pass" in lesson["properties"]
    assert "pass" in lesson["required"]
