"""How the service says no: JSON for programs, a calm page for a browser that navigates."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trailbook.domain.errors import CourseError, Invalid, NotFound
from trailbook_service.answers import JsonAnswer
from trailbook_service.door import door_of
from trailbook_service.errors import body_of, status_of
from trailbook_service.headers import SECURITY_HEADERS
from trailbook_service.pages import error_page


def wants_page(request: Request) -> bool:
    """Return whether a person's browser asked for a page, not a program for data."""
    if request.method not in ("GET", "HEAD") or request.scope["path"].startswith(f"{door_of(request).path}/api/"):
        return False
    mode = request.headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("accept", "")


def refuse(request: Request, error: CourseError, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer for a refusal, in the form the asker reads."""
    if "seconds" in error.details:
        headers = {**(headers or {}), "Retry-After": str(error.details["seconds"])}
    if wants_page(request):
        return error_page(request, status=status_of(error), message=error.message, headers=headers)
    return JsonAnswer(body_of(error), status_code=status_of(error), headers=headers)


async def _refuse_course_error(request: Request, error: CourseError) -> Response:
    return refuse(request, error)


async def _refuse_invalid_request(request: Request, error: RequestValidationError) -> Response:
    """Name what is wrong and where, never the value: it may be a learner's answer."""
    if any(problem["type"] == "json_invalid" for problem in error.errors()):
        return refuse(request, Invalid("not_json", "The request's body is not JSON."))
    problems = [
        {"where": ".".join(str(part) for part in problem["loc"]), "message": problem["msg"]}
        for problem in error.errors()
    ]
    said = "; ".join(f"{problem['where']}: {problem['message']}" for problem in problems)
    return refuse(
        request, Invalid("invalid_request", f"The request is not as it should be: {said}.", problems=problems)
    )


async def _refuse_http(request: Request, error: HTTPException) -> Response:
    """Give the framework's own refusals our shape: an unknown address, a method that is not there."""
    if error.status_code == 405:
        refusal: CourseError = Invalid("method_not_allowed", f"{request.method} is not possible here.")
    elif error.status_code == 404:
        refusal = NotFound("not_found", "Nothing is at this address. Home leads to every lesson.")
    else:
        refusal = Invalid("not_json", "The request's body cannot be read.")
    return refuse(request, refusal, headers=error.headers)


async def _refuse_internal(request: Request, error: Exception) -> Response:
    """Say that it was our fault; the server's log has the traceback, the answer has nothing of it."""
    message = "Something went wrong on our side. Nothing you sent was lost; try again in a moment."
    return refuse(request, CourseError("internal_error", message), headers=SECURITY_HEADERS)


def install(app: FastAPI) -> None:
    """Make the application refuse in Trailbook's way."""
    app.exception_handler(CourseError)(_refuse_course_error)
    app.exception_handler(RequestValidationError)(_refuse_invalid_request)
    app.exception_handler(HTTPException)(_refuse_http)
    app.exception_handler(Exception)(_refuse_internal)
