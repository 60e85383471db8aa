"""The HTTP status of every refusal this door can give: one table, used by every handler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trailbook.domain.errors import CourseError, Unavailable

STATUS: Mapping[str, int] = {
    "unreadable_request": 400,
    "lesson_locked": 403,
    "not_allowed": 403,
    "unknown_course": 404,
    "unknown_lesson": 404,
    "not_released": 404,
    "unknown_exercise": 404,
    "unknown_cell": 404,
    "unknown_file": 404,
    "unknown_kernel": 404,
    "nothing_to_run": 409,
    "draft_conflict": 409,
    "kernel_limit": 409,
    "kernel_died": 409,
    "kernel_not_started": 500,
    "too_large": 413,
    "service_refused": 502,
    "missing_resource": 503,
    "service_unavailable": 503,
}


class Relayed(CourseError):
    """A refusal of the course service, passed on with its own status, code, message and details."""

    def __init__(self, status: int, code: str, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(code, message)
        self.status = status
        self.details = dict(details)


def service_unavailable() -> Unavailable:
    """Return the refusal for a course service that does not answer."""
    return Unavailable(
        "service_unavailable",
        "The course service does not answer just now. Your work is kept; this is tried again by itself.",
    )


def status_of(error: CourseError) -> int:
    """Return the HTTP status of a refusal.

    >>> status_of(service_unavailable())
    503
    """
    return error.status if isinstance(error, Relayed) else STATUS[error.code]


def body_of(error: CourseError) -> dict[str, Any]:
    """Return the one shape of every refusal."""
    return {"message": error.message, "code": error.code, "details": dict(error.details)}
