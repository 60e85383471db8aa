"""What all handlers share: refusals with the right status, JSON bodies read as untrusted, streams of JSON lines."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from tornado.iostream import StreamClosedError

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import CourseError, Invalid, NotFound, TooLarge
from trailbook_server.errors import body_of, status_of

if TYPE_CHECKING:
    from trailbook_server.parts import Parts

MAX_BODY_BYTES = 5_000_000
AUTH_RESOURCE = "trailbook"
TOO_MANY_REQUESTS = 429


class RefusalMixin:
    """Answers a `CourseError` with its status and without a traceback in the log."""

    auth_resource = AUTH_RESOURCE

    @property
    def parts(self) -> Parts:
        """The extension's managers."""
        parts: Parts = self.settings["trailbook_parts"]  # type: ignore[attr-defined]
        return parts

    def log_exception(self, kind: Any, value: Any, traceback: Any) -> None:
        """Log a refusal in one line; leave a defect its traceback."""
        if isinstance(value, CourseError):
            self.log.info("Refused %s: %s", self.request.method, value.code)  # type: ignore[attr-defined]
            return
        super().log_exception(kind, value, traceback)  # type: ignore[misc]

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Give a refusal the status of its code."""
        error = _error_of(kwargs)
        super().send_error(status_of(error) if error else status_code, **kwargs)  # type: ignore[misc]

    def lesson_key(self, course: str, module: str, name: str) -> LessonKey:
        """Return the key of the lesson named in the address.

        Raises
        ------
        NotFound
            A part of the name cannot be one, such as ``..`` or a part with a slash or a NUL in it.
        """
        if any(part in (".", "..") or set(part) & set("/\\\0") for part in (course, module, name)):
            raise NotFound("unknown_lesson", "There is no such lesson. Go to Home to see your lessons.")
        return LessonKey(module, name)


class TrailbookApiHandler(RefusalMixin, APIHandler):
    """A handler that speaks JSON."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer every error in the one shape."""
        error = _error_of(kwargs)
        if error is None:
            reason = getattr(kwargs.get("exc_info", (None, None))[1], "log_message", None)
            error = CourseError("refused", reason or "This did not work. Load the page again.", status=status_code)
        if status_code == TOO_MANY_REQUESTS and "seconds" in error.details:
            self.set_header("Retry-After", str(error.details["seconds"]))
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body_of(error)))

    def read_body(self) -> dict[str, Any]:
        """Return the request's JSON object.

        Raises
        ------
        TooLarge
            It is over the limit.
        Invalid
            It is no JSON object.
        """
        if len(self.request.body) > MAX_BODY_BYTES:
            raise TooLarge("too_large", "This is too much text for one lesson. Shorten it and try again.")
        try:
            body = json.loads(self.request.body or b"{}")
        except ValueError as error:
            raise _unreadable("it is no JSON") from error
        if not isinstance(body, dict):
            raise _unreadable("it is no JSON object")
        return body

    async def write_lines(self, lines: AsyncIterator[Mapping[str, Any]]) -> None:
        """Write each value as one line of JSON, as soon as it is there; a reader who left ends the writing only."""
        self.set_header("Content-Type", "application/x-ndjson")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")
        try:
            async for line in lines:
                self.write(json.dumps(line, ensure_ascii=False) + "\n")
                await self.flush()
            self.finish(set_content_type="application/x-ndjson")
        except StreamClosedError:
            self.log.debug("The page left before its stream ended.")


def sources_in(body: Mapping[str, Any]) -> dict[str, str]:
    """Return ``cells`` of a request: source by ``grade_id``.

    Raises
    ------
    Invalid
        It is not an object of texts.
    """
    cells = body.get("cells", {})
    if not isinstance(cells, dict) or not all(isinstance(source, str) for source in cells.values()):
        raise _unreadable("`cells` must map grade_id to text")
    return cells


def text_in(body: Mapping[str, Any], name: str) -> str:
    """Return a text of a request.

    Raises
    ------
    Invalid
        It is missing or no text.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise _unreadable(f"`{name}` must be a text")
    return value


def _unreadable(reason: str) -> Invalid:
    return Invalid("unreadable_request", f"The request cannot be read: {reason}. Load the page again.")


def _error_of(kwargs: Mapping[str, Any]) -> CourseError | None:
    value = kwargs.get("exc_info", (None, None, None))[1]
    return value if isinstance(value, CourseError) else None
