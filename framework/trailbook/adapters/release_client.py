"""Asks a running course service to release: what a staff server does, which has no database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx

from trailbook.domain.errors import CourseError, Invalid, NotAllowed, NotFound, ProblemsFound, Unavailable

RELEASE_TIMEOUT_SECONDS = 120.0

BY_STATUS: dict[int, type[CourseError]] = {403: NotAllowed, 404: NotFound, 503: Unavailable}


def post_release(
    service_url: str,
    course: str,
    *,
    lessons: Sequence[str],
    token: str,
    transport: httpx.BaseTransport | None = None,
) -> dict[str, Any]:
    """Return the service's answer to a release of these lessons, of all when none is named.

    Parameters
    ----------
    service_url
        The course service's address with its prefix.
    token
        The staff server's own token; it goes nowhere but to the service.
    transport
        How to reach the service, where that is not the network.

    Raises
    ------
    ProblemsFound
        The course did not pass its check.
    Unavailable
        The service does not answer.
    CourseError
        Any other refusal, as the service gave it.
    """
    address = f"{service_url.rstrip('/')}/api/v1/courses/{quote(course, safe='')}/releases"
    try:
        with httpx.Client(timeout=RELEASE_TIMEOUT_SECONDS, trust_env=False, transport=transport) as client:
            answer = client.post(
                address,
                json={"lessons": list(lessons)} if lessons else {},
                headers={"Authorization": f"token {token}"},
            )
    except httpx.TransportError as error:
        message = f"The course service does not answer ({type(error).__name__}). Try again in a moment."
        raise Unavailable("service_unavailable", message) from error
    body = _body_of(answer)
    if answer.is_success:
        return body
    raise _refusal(answer.status_code, body)


def _body_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {}


def _refusal(status: int, body: dict[str, Any]) -> CourseError:
    message = str(body.get("message") or f"The course service answered with status {status}.")
    code = str(body.get("code") or "service_error")
    details = body.get("details") if isinstance(body.get("details"), dict) else {}
    kind = ProblemsFound if code == "problems_found" else BY_STATUS.get(status, Invalid)
    return kind(code, message, **(details or {}))
