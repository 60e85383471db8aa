"""What goes on to the course service, and what comes back, also when it is down for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from learners_server.course import LESSON
from learners_server.page import Json, Learner, address
from learners_server.processes import BASE_URL, CourseService

GOOD = "def square(x):\n    return x * x"


def attempt(learner: Learner, key: str, source: str = GOOD) -> Any:
    return learner.post("attempts", {"exercise": "square", "key": key, "version": 1, "cells": {"square": source}})


def next_service(events: Iterator[tuple[str, Json]]) -> Json:
    return next(data for kind, data in events if kind == "service")


def test_an_answer_is_sent_once_and_graded_and_told(learner: Learner) -> None:
    with learner.events() as events:
        assert next(events) == ("service", {"up": True})
        sent = attempt(learner, "key-1")
        assert sent.status_code == 202
        assert sent.headers["Location"] == f"{BASE_URL}trailbook/api/attempts/{sent.json()['id']}"
        assert attempt(learner, "key-1").json()["id"] == sent.json()["id"]
        graded = next(data for kind, data in events if kind == "attempt_graded")
    found = learner.client.get(f"trailbook/api/attempts/{sent.json()['id']}").json()
    assert graded["data"]["attempt"] == found
    assert (found["status"], found["score"]) == ("done", 2)
    assert [exercise["score"] for exercise in learner.state()["exercises"]] == [2, 0]


def test_the_same_key_for_another_answer_is_refused(learner: Learner) -> None:
    attempt(learner, "key-2")
    refused = attempt(learner, "key-2", "def square(x): return 0")
    assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")


def test_a_lesson_is_handed_in_with_what_was_drafted(learner: Learner) -> None:
    revision = learner.state()["drafts"]["revision"]
    learner.put("drafts", {"revision": revision, "cells": {"why": "Because of the drafts."}})
    sent = learner.post("submissions", {"key": "hand-in", "version": 1, "cells": {"square": GOOD}})
    assert (sent.status_code, sent.json()["kind"]) == (202, "submission")
    assert learner.state()["lesson"]["handed_in"] is True


def test_an_attempt_nobody_made_is_404(learner: Learner) -> None:
    refused = learner.client.get("trailbook/api/attempts/nope")
    assert refused.status_code == 404
    assert set(refused.json()) == {"message", "code", "details"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"exercise": "nope", "key": "k", "cells": {}}, 404, "unknown_exercise"),
        ({"exercise": "square", "key": "k", "cells": {"nope": "x"}}, 404, "unknown_cell"),
        ({"exercise": "square", "cells": {}}, 400, "unreadable_request"),
        ({"key": "k", "cells": {}}, 400, "unreadable_request"),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused_here(learner: Learner, body: Any, status: int, code: str) -> None:
    refused = learner.post("attempts", body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_while_the_service_is_down_an_answer_is_refused_and_the_page_told(
    own_service: CourseService, start_learner: Callable[..., Learner]
) -> None:
    learner = start_learner(behind=own_service)
    learner.page()
    with learner.events() as events:
        assert next(events) == ("service", {"up": True})
        own_service.stop()
        assert next_service(events) == {"up": False}
        refused = attempt(learner, "while-down")
        assert (refused.status_code, refused.json()["code"]) == (503, "service_unavailable")
        # Python goes on here, and so does Check.
        lines = learner.lines("check", {"exercise": "square", "cells": {"square": GOOD}})
        assert [line["passed"] for line in lines if line["type"] == "test"] == [True]
        own_service.start()
        assert next_service(events) == {"up": True}
        assert attempt(learner, "while-down").status_code == 202
        assert next(data for kind, data in events if kind == "attempt_graded")["data"]["attempt"]["score"] == 2


def test_reports_made_while_the_service_was_down_arrive_later(
    own_service: CourseService, start_learner: Callable[..., Learner]
) -> None:
    learner = start_learner(behind=own_service)
    learner.page()
    before = len(own_service.reported())
    own_service.stop()
    reported = {"items": [{"kind": "hint_shown", "exercise": "square", "seconds": 3}]}
    assert learner.post("events", reported).status_code == 204
    learner.lines("run", {"exercise": "square", "cells": {"square": GOOD}})
    own_service.start()
    while "run" not in (kinds := own_service.reported()[before:]):
        pass
    assert kinds == ["hint_shown", "run"]


@pytest.mark.parametrize("body", [{"items": "x"}, {"items": [1]}, {}, {"items": [{}] * 101}])
def test_reports_that_cannot_be_read_are_refused(learner: Learner, body: Any) -> None:
    assert learner.post("events", body).status_code == 400


def test_too_hard_is_said_and_help_asked_for(learner: Learner) -> None:
    said = learner.post("difficulties", {"exercise": "square"})
    assert (said.status_code, said.json()["struggles"]) == (201, False)
    help_address = f"trailbook/api/lessons/{address(LESSON)}/help"
    looked = learner.client.get(help_address, params={"exercise": "square"})
    assert (looked.status_code, looked.json()["offers"]) == (200, said.json()["offers"])
    refused = learner.client.get(help_address, params={"exercise": "a&b=c"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_exercise")
    asked = learner.post("help-requests", {"exercise": "square", "question": "Why?"})
    assert (asked.status_code, asked.content) == (204, b"")
