"""Takes what learners send past the framework: when a class submits in the same instant, its work is most of the wait.

Only a request that is all as it should be is answered here. Whatever else comes is left to the routes, which know how
to say what is wrong; so a request is understood the same way with and without this.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import CourseError
from trailbook.domain.people import Identity
from trailbook.services.receive import Receiving
from trailbook_service.answers import json_answer
from trailbook_service.bodies import Answer, HandIn, Name
from trailbook_service.door import Door, door_of
from trailbook_service.limits import replay
from trailbook_service.refusals import refuse

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_JSON = re.compile(r"application/json(\s*;.*)?", re.IGNORECASE)


class FastLane:
    """ASGI middleware that takes answers and lessons handed in; within `BodyLimit` and `Credentials`.

    Parameters
    ----------
    path
        The service's own path, decoded, without the last slash.
    """

    def __init__(self, app: ASGIApp, *, path: str) -> None:
        self._app = app
        self._place = re.compile(
            re.escape(path) + r"/api/v1/courses/([^/]+)/lessons/([^/]+)/([^/]+)/(attempts|submissions)"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the request, or leave it to the routes."""
        place = self._place.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if place is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        answer = await _take(request, body, *place.groups())
        if answer is None:
            await self._app(scope, replay(body, receive), send)
        else:
            await answer(scope, receive, send)


async def _take(request: Request, body: bytes, course: str, module: str, lesson: str, noun: str) -> Response | None:
    """Return the answer to a request that is as it should be, else None."""
    identity, key = request.state.identity, request.headers.get("idempotency-key")
    is_json = _JSON.fullmatch(request.headers.get("content-type", "")) is not None
    if not isinstance(identity, Identity) or identity.is_service or key is None or not is_json:
        return None
    door = door_of(request)
    try:
        for name in (course, module, lesson):
            _NAME.validate_python(name)
        receiving = _begin(door, identity, body, course=course, key=LessonKey(module, lesson), noun=noun, once=key)
    except ValidationError:
        return None
    except CourseError as error:
        return refuse(request, error)
    try:
        attempt = await receiving.arrive()
    except CourseError as error:
        return refuse(request, error)
    location = f"{door.base_url}api/v1/attempts/{quote(attempt.id, safe='')}"
    return json_answer(attempt, status=202, headers={"Location": location})


def _begin(
    door: Door, identity: Identity, body: bytes, *, course: str, key: LessonKey, noun: str, once: str
) -> Receiving:
    application = door.application
    if noun == "attempts":
        sent = Answer.model_validate_json(body)
        return application.begin_answer(
            identity, course, key, exercise=sent.exercise, version=sent.version, answers=sent.answers, key=once
        )
    work = HandIn.model_validate_json(body)
    return application.begin_hand_in(identity, course, key, version=work.version, answers=work.answers, key=once)
