"""Reviews over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from support.contexts import World
from support.doing import grade

from trailbook import wiring

Client = Callable[..., httpx.AsyncClient]
REVIEWS = "./api/v1/courses/first-course/reviews"
LESSON = "./api/v1/courses/first-course/lessons/first steps/01 näme"
ANSWER = {"exercise": "half", "version": 1, "answers": {"half": "def half(n):\n    return n / 2"}}


@pytest.fixture
async def mastered(client: Client, application: wiring.Application) -> None:
    """Ada mastered the first lesson, and a month went by."""
    sent = await client("ada").post(f"{LESSON}/attempts", json=ANSWER, headers={"Idempotency-Key": "1"})
    grade(World(storage=application.storage, now=datetime.now(UTC)), sent.json()["id"], half_tests=4.0)
    later = datetime.now(UTC) + timedelta(days=30)
    application.context = replace(application.context, clock=lambda: later)


async def test_nothing_is_due_at_first(client: Client) -> None:
    answer = await client("ada").get(REVIEWS)
    assert (answer.status_code, answer.json()["due"]) == (200, [])
    started = await client("ada").post(REVIEWS, json={})
    assert (started.status_code, started.json()["exercises"]) == (200, [])


@pytest.mark.usefixtures("mastered")
async def test_due_skill_is_shown_and_reviewed(client: Client) -> None:
    (due,) = (await client("ada").get(REVIEWS)).json()["due"]
    assert (due["skill"], due["title"], round(due["recall"], 1)) == ("first steps/01 näme#half", "Halves", 0.7)
    (exercise,) = (await client("ada").post(REVIEWS, json={"minutes": 6})).json()["exercises"]
    assert (exercise["lesson"], exercise["exercise"], exercise["minutes"]) == ("first steps/01 näme", "half", 6)
    assert exercise["url"].endswith("/first%20steps/01%20n%C3%A4me#exercise-half")
    short = (await client("ada").post(REVIEWS, json={"minutes": 5})).json()
    assert short["because"] == "The shortest exercise takes about 6 minutes and your limit is 5. Allow a little more."


@pytest.mark.parametrize("minutes", [0, 121, "ten", None])
async def test_minutes_out_of_range_are_refused(client: Client, minutes: object) -> None:
    answer = await client("ada").post(REVIEWS, json={"minutes": minutes})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_reviews_of_others_courses_are_refused(client: Client) -> None:
    assert (await client("mallory").get(REVIEWS)).json()["code"] == "not_in_course"
    assert (await client("ada").get("./api/v1/courses/none/reviews")).json()["code"] == "unknown_course"
    assert (await client().get(REVIEWS)).json()["code"] == "not_signed_in"
