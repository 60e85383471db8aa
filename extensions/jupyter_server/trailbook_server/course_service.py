"""The course service as a learner's server sees it: awaited calls with this server's own token."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from trailbook.domain.course import LessonKey
from trailbook_server.errors import Relayed, service_unavailable

TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class Reply:
    """A good answer of the course service: 2xx, with its JSON body."""

    status: int
    body: Any


class CourseService:
    """A client of the course service's API, for one learner.

    Parameters
    ----------
    url
        Address of the service with its prefix, such as ``http://127.0.0.1:9001/services/trailbook/``.
    token
        This server's hub token; it names the learner, and it never leaves the server process.
    """

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + "/api/v1/",
            headers={"Authorization": f"token {token}"} if token else {},
            timeout=TIMEOUT_SECONDS,
            # A proxy named in the environment is for the world outside; the service is next door.
            trust_env=False,
        )

    async def fetch_lesson(self, course: str, key: LessonKey) -> dict[str, Any]:
        """Return the delivery of an open lesson.

        Raises
        ------
        Relayed
            The lesson is locked (`lesson_locked`, with `because`), unknown, or not for this learner.
        Unavailable
            The service does not answer.
        """
        delivery = (await self._send("GET", _lesson_path(course, key))).body
        return dict(delivery)

    async def fetch_attempt(self, attempt: str) -> Reply:
        """Return an attempt of this learner."""
        return await self._send("GET", f"attempts/{quote(attempt, safe='')}")

    async def fetch_receipt(self, attempt: str) -> Reply:
        """Return the receipt of an attempt of this learner."""
        return await self._send("GET", f"attempts/{quote(attempt, safe='')}/receipt")

    async def send_answers(
        self, course: str, key: LessonKey, *, to: str, body: Mapping[str, Any], idempotency_key: str
    ) -> Reply:
        """Send answers to be graded; `to` is ``attempts`` or ``submissions``. The same key again changes nothing."""
        return await self._send(
            "POST", f"{_lesson_path(course, key)}/{to}", body=body, headers={"Idempotency-Key": idempotency_key}
        )

    async def fetch_help(self, course: str, key: LessonKey, *, exercise: str | None) -> Reply:
        """Return what may help this learner in a lesson, or with one of its exercises."""
        asked = f"?exercise={quote(exercise, safe='')}" if exercise is not None else ""
        return await self._send("GET", f"{_lesson_path(course, key)}/help{asked}")

    async def send(self, course: str, key: LessonKey, *, to: str, body: Mapping[str, Any]) -> Reply:
        """Send what a page has to say on a lesson; `to` is ``difficulties`` or ``help-requests``."""
        return await self._send("POST", f"{_lesson_path(course, key)}/{to}", body=body)

    async def report(self, course: str, key: LessonKey, items: list[dict[str, Any]]) -> None:
        """Report what happened on this server; hints to the service, never evidence."""
        await self._send("POST", f"{_lesson_path(course, key)}/events", body={"items": items})

    @asynccontextmanager
    async def events(self, last_event_id: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open the learner's live events and give the stream's raw bytes, from after `last_event_id` on."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_event_id} if last_event_id else {})
        timeout = httpx.Timeout(TIMEOUT_SECONDS, read=None)
        try:
            async with self._client.stream("GET", "events", headers=headers, timeout=timeout) as response:
                if response.status_code != httpx.codes.OK:
                    raise service_unavailable()
                yield response.aiter_bytes()
        except httpx.TransportError as error:
            raise service_unavailable() from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _send(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        try:
            response = await self._client.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise service_unavailable() from error
        if response.is_success:
            return Reply(response.status_code, response.json() if response.content else None)
        raise _refusal(response)


def _lesson_path(course: str, key: LessonKey) -> str:
    segments = (quote(part, safe="") for part in (key.module, key.name))
    return f"courses/{quote(course, safe='')}/lessons/{'/'.join(segments)}"


def _refusal(response: httpx.Response) -> Exception:
    """Return the service's own refusal, or what to say of an answer that is none."""
    try:
        body = response.json()
        return Relayed(response.status_code, str(body["code"]), str(body["message"]), dict(body.get("details") or {}))
    except (ValueError, KeyError, TypeError):
        if response.is_server_error:
            return service_unavailable()
        return Relayed(
            502,
            "service_refused",
            "The course service did not accept this server's sign-in. Go to Home and open the lesson again; "
            "if that does not help, ask whoever runs the hub.",
            {"status": response.status_code},
        )
