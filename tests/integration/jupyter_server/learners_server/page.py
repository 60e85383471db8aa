"""A learner's page, as its script talks to the learner's server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from learners_server.course import COURSE, LESSON, MODULE
from learners_server.processes import LearnerServer

Json = dict[str, Any]
WAIT_SECONDS = 60


class Learner:
    """Sends requests with the server's own token; a lesson is named by its last part."""

    def __init__(self, server: LearnerServer) -> None:
        self.server = server
        self.client = httpx.Client(
            base_url=server.url, headers={"Authorization": f"token {server.token}"}, timeout=WAIT_SECONDS
        )

    def page(self, lesson: str = LESSON, below: str = "") -> httpx.Response:
        """Return a lesson's page, or a file of it."""
        return self.client.get(f"trailbook/lessons/{address(lesson)}{below}")

    def state(self, lesson: str = LESSON) -> Json:
        """Return what the page's script knows of a lesson."""
        answer = self.client.get(f"trailbook/api/lessons/{address(lesson)}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def put(self, what: str, body: Any, *, lesson: str = LESSON) -> httpx.Response:
        """PUT below a lesson."""
        return self.client.put(f"trailbook/api/lessons/{address(lesson)}/{what}", json=body)

    def post(self, what: str, body: Any = None, *, lesson: str = LESSON) -> httpx.Response:
        """POST below a lesson."""
        return self.client.post(f"trailbook/api/lessons/{address(lesson)}/{what}", json=body or {})

    def lines(self, what: str, body: Any = None, *, lesson: str = LESSON) -> list[Json]:
        """Return every line of a stream."""
        with self.follow(what, body, lesson=lesson) as lines:
            return list(lines)

    @contextmanager
    def follow(self, what: str, body: Any = None, *, lesson: str = LESSON) -> Iterator[Iterator[Json]]:
        """Give the lines of a stream as they come; leaving drops the connection."""
        address_of = f"trailbook/api/lessons/{address(lesson)}/{what}"
        with self.client.stream("POST", address_of, json=body or {}) as answer:
            assert answer.status_code == 200, answer.read()
            yield (json.loads(line) for line in answer.iter_lines())

    @contextmanager
    def events(self, *, last_event_id: str = "") -> Iterator[Iterator[tuple[str, Json]]]:
        """Give kind and data of the page's live events."""
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        with self.client.stream("GET", "trailbook/api/events", headers=headers) as answer:
            assert answer.status_code == 200, answer.read()
            yield _events_in(answer.iter_lines())


def address(lesson: str) -> str:
    """Return course, module and lesson as they stand in an address."""
    return "/".join(quote(part, safe="") for part in (COURSE, MODULE, lesson))


def only(kind: str, lines: list[Json]) -> list[Json]:
    """Return the lines of one type, without the type."""
    return [{key: value for key, value in line.items() if key != "type"} for line in lines if line["type"] == kind]


def printed(lines: list[Json], cell: str) -> str:
    """Return what a cell printed."""
    return "".join(
        line["output"]["text"]
        for line in lines
        if line["type"] == "output" and line["cell"] == cell and line["output"]["output_type"] == "stream"
    )


def _events_in(lines: Iterator[str]) -> Iterator[tuple[str, Json]]:
    kind = ""
    for line in lines:
        name, _, value = line.partition(":")
        if name == "event":
            kind = value.strip()
        elif name == "data":
            yield kind, json.loads(value)
