"""Answers in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from trailbook.services.views import as_json


class JsonAnswer(Response):
    """JSON in ASCII: half of a surrogate pair, which a notebook or a request can hold, does not break an answer."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the bytes of the body."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def json_answer(view: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> JsonAnswer:
    """Return a view, or plain values around views, as JSON."""
    return JsonAnswer(as_json(view), status_code=status, headers=headers)
