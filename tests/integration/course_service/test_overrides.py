"""What instructors decide, and the class as they see it, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from trailbook import wiring
from trailbook.domain.course import LessonKey
from trailbook.domain.people import Identity, Role

Client = Callable[..., httpx.AsyncClient]
COURSE = "./api/v1/courses/first-course"
LESSON = "first steps/02 next"
WANTED = {"lesson": LESSON, "action": "open", "reason": "was ill", "learner": "ada"}
ADA = Identity("ada", {"first-course": frozenset({Role.LEARNER})})


@pytest.fixture
def begun(application: wiring.Application) -> None:
    """Ada began the first lesson; the second is locked."""
    application.open_lesson(ADA, "first-course", LessonKey("first steps", "01 näme"))


async def statuses(client: Client) -> list[str]:
    path = (await client("ada").get(f"{COURSE}/path")).json()
    return [lesson["status"] for module in path["modules"] for lesson in module["lessons"]]


async def given(client: Client, **changes: Any) -> httpx.Response:
    return await client("ines").post(f"{COURSE}/overrides", json={**WANTED, **changes})


@pytest.mark.usefixtures("begun")
async def test_decision_opens_a_lesson_and_its_withdrawal_locks_it_again(client: Client) -> None:
    assert await statuses(client) == ["in_progress", "locked"]
    answer = await given(client)
    assert answer.status_code == 201
    assert await statuses(client) == ["in_progress", "open"]
    address = f"{COURSE}/overrides/{answer.json()['id']}/withdrawals"
    back = await client("ines").post(address, json={"reason": "is back"})
    assert (back.status_code, back.json()["withdrawn"]["reason"]) == (201, "is back")
    assert await statuses(client) == ["in_progress", "locked"]
    listed = (await client("greta").get(f"{COURSE}/overrides")).json()
    assert listed == {"items": [back.json()], "next": None}


@pytest.mark.usefixtures("begun")
async def test_learner_never_reads_the_reason(client: Client) -> None:
    await given(client)
    for address in (f"{COURSE}/path", "./api/v1/home"):
        assert "was ill" not in (await client("ada").get(address)).text


@pytest.mark.parametrize("token", ["ada", "greta", "mallory", "staff"])
@pytest.mark.usefixtures("begun")
async def test_only_instructors_decide(client: Client, token: str) -> None:
    answer = await client(token).post(f"{COURSE}/overrides", json=WANTED)
    assert answer.status_code == 403
    assert await statuses(client) == ["in_progress", "locked"]


@pytest.mark.parametrize("address", ["class", "overrides", "learners/ada/path"])
async def test_learners_see_nothing_of_others(client: Client, address: str) -> None:
    refused = await client("ada").get(f"{COURSE}/{address}")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_staff")


@pytest.mark.parametrize(
    "changes",
    [{"action": "delete"}, {"reason": ""}, {"learner": ""}, {"group": "x\x00"}, {"lesson": 3}, {"other": 1}],
)
@pytest.mark.usefixtures("begun")
async def test_decision_that_cannot_be_read_is_refused(client: Client, changes: dict[str, Any]) -> None:
    assert (await given(client, **changes)).status_code == 422


@pytest.mark.usefixtures("begun")
async def test_class_has_the_learner_and_the_learners_path_its_decisions(client: Client) -> None:
    await given(client)
    flow = (await client("greta").get(f"{COURSE}/class")).json()
    counted = [(each["title"], each["locked"], each["open"], each["in_progress"]) for each in flow["lessons"]]
    assert counted == [("Halves", 0, 0, 1), ("Next", 0, 1, 0)]
    assert [(each["learner"], each["begun"]) for each in flow["people"]] == [("ada", 1)]
    path = (await client("greta").get(f"{COURSE}/learners/ada/path")).json()
    assert [each["reason"] for each in path["overrides"]] == ["was ill"]
    newest = path["decisions"][0]
    assert (newest["lesson"], newest["status"]) == (LESSON, "open")
    assert newest["because"] == "Your instructor opened this lesson for you."
    assert (await client("greta").get(f"{COURSE}/learners/nobody/path")).json()["code"] == "unknown_learner"
