"""Learners go their own way over HTTP: practice, test-outs, placements, help and preferences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from trailbook import wiring
from trailbook.domain.course import MasteryRules

Client = Callable[..., httpx.AsyncClient]
COURSE = "./api/v1/courses/first-course"
LESSON = f"{COURSE}/lessons/first steps/01 näme"
LOCKED = f"{COURSE}/lessons/first steps/02 next"
PRACTICE = {"purpose": "practice", "lesson": "first steps/02 next"}
TEST_OUT = {"purpose": "test_out", "lesson": "first steps/01 näme"}


@pytest.fixture(autouse=True)
def _course_with_a_model(application: wiring.Application) -> None:
    with application.storage() as work:
        course = work.courses.find("first-course")
        assert course is not None
        work.courses.put(replace(course, mastery=MasteryRules()))


async def test_practice_lends_a_locked_lesson_until_it_ends(client: Client) -> None:
    ada = client("ada")
    assert (await ada.get(LOCKED)).status_code == 403
    begun = await ada.post(f"{COURSE}/sittings", json=PRACTICE)
    assert (begun.status_code, begun.json()["purpose"], begun.json()["title"]) == (201, "practice", "Next")
    delivered = await ada.get(LOCKED)
    assert (delivered.status_code, delivered.json()["lesson"]["status"]) == (200, "locked")
    assert (await client("trap").get(LOCKED)).status_code == 403
    listed = await ada.get(f"{COURSE}/sittings")
    assert listed.json() == {"items": [begun.json()], "next": None}
    ended = await ada.put(f"{COURSE}/sittings/{begun.json()['id']}/end")
    assert (ended.status_code, ended.json()["ended_at"] is None) == (200, False)
    assert (await ada.get(LOCKED)).status_code == 403


async def test_test_out_and_placement_ask_exercises(client: Client) -> None:
    ada = client("ada")
    tested = (await ada.post(f"{COURSE}/sittings", json=TEST_OUT)).json()
    (asked,) = tested["exercises"]
    assert (asked["exercise"], asked["lesson"]) == ("half", "first steps/01 näme")
    assert asked["url"].endswith("/trailbook/lessons/first-course/first%20steps/01%20n%C3%A4me#exercise-half")
    placed = (await ada.post(f"{COURSE}/sittings", json={"purpose": "placement"})).json()
    assert [each["exercise"] for each in placed["exercises"]] == ["half"]
    skip = {"lesson": "first steps/01 näme", "exercise": "half"}
    skipped = await ada.post(f"{COURSE}/sittings/{placed['id']}/skips", json=skip)
    assert (skipped.status_code, skipped.json()["because"]) == (201, "You begin at the beginning.")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"purpose": "practice"}, 422, "bad_purpose"),
        ({"purpose": "counts"}, 422, "invalid_request"),
        ({"purpose": "practice", "lesson": "first steps/01 näme"}, 409, "already_open"),
        ({"purpose": "test_out", "lesson": "first steps/02 next"}, 422, "nothing_to_ask"),
        ({"purpose": "test_out", "lesson": "first steps/03 none"}, 404, "unknown_lesson"),
    ],
)
async def test_what_cannot_be_taken_on_is_refused(client: Client, body: dict[str, Any], status: int, code: str) -> None:
    answer = await client("ada").post(f"{COURSE}/sittings", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_too_hard_is_answered_with_offers(client: Client) -> None:
    said = await client("ada").post(f"{LESSON}/difficulties", json={"exercise": "half"})
    assert said.status_code == 201
    assert (said.json()["struggles"], said.json()["because"][:4]) == (False, "Good")
    assert [offer["way"] for offer in said.json()["offers"]] == ["person"]
    looked = await client("ada").get(f"{LESSON}/help", params={"exercise": "half"})
    assert (looked.status_code, looked.json()["offers"]) == (200, said.json()["offers"])
    unknown = await client("ada").get(f"{LESSON}/help", params={"exercise": "none"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_exercise")


async def test_question_reaches_staff_and_shared_ones_peers_without_the_name(client: Client) -> None:
    wanted = {"exercise": "half", "question": "Is 0 a half?", "shared": True}
    assert (await client("ada").post(f"{LESSON}/help-requests", json=wanted)).status_code == 204
    (asked,) = (await client("greta").get(f"{COURSE}/help-requests")).json()["items"]
    assert (asked["learner"], asked["question"], asked["exercise"]) == ("ada", "Is 0 a half?", "half")
    theirs = await client("trap").get(f"{LESSON}/help", params={"exercise": "half"})
    peer = next(offer for offer in theirs.json()["offers"] if offer["way"] == "peer")
    assert peer["because"] == "Somebody else asked here: “Is 0 a half?”"
    assert "ada" not in theirs.text
    refused = await client("trap").get(f"{COURSE}/help-requests")
    assert refused.status_code == 403


async def test_preferences_are_kept_for_their_learner(client: Client) -> None:
    usual = {"first": None, "pace": "steady", "minutes_a_day": None, "goal": None}
    chosen = {"first": "watch", "pace": "calm", "minutes_a_day": 20, "goal": "first steps/02 next"}
    assert (await client("ada").get(f"{COURSE}/preferences")).json() == usual
    kept = await client("ada").put(f"{COURSE}/preferences", json=chosen)
    assert (kept.status_code, kept.json()) == (200, chosen)
    assert (await client("ada").get(f"{COURSE}/preferences")).json() == chosen
    assert (await client("trap").get(f"{COURSE}/preferences")).json() == usual
    refused = await client("ada").put(f"{COURSE}/preferences", json={**chosen, "minutes_a_day": 1})
    assert refused.status_code == 422


async def test_staff_see_what_everybody_took_on(client: Client) -> None:
    begun = (await client("ada").post(f"{COURSE}/sittings", json=PRACTICE)).json()
    assert (await client("ines").get(f"{COURSE}/all-sittings")).json()["items"] == [begun]
    refused = await client("trap").get(f"{COURSE}/all-sittings")
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("GET", f"{COURSE}/sittings", None),
        ("POST", f"{COURSE}/sittings", PRACTICE),
        ("GET", f"{COURSE}/all-sittings", None),
        ("PUT", f"{COURSE}/sittings/any/end", None),
        ("GET", f"{COURSE}/preferences", None),
        ("PUT", f"{COURSE}/preferences", {}),
        ("GET", f"{LESSON}/help", None),
        ("POST", f"{LESSON}/difficulties", {}),
        ("POST", f"{LESSON}/help-requests", {"question": "Why?"}),
        ("GET", f"{COURSE}/help-requests", None),
    ],
)
async def test_who_is_in_no_course_gets_nothing_of_it(
    client: Client, method: str, address: str, body: dict[str, Any] | None
) -> None:
    answer = await client("mallory").request(method, address, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_in_course")
    service = await client("staff").request(method, address, json=body)
    assert (service.status_code, service.json()["code"]) == (403, "service_not_allowed")
