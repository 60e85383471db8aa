"""Answers in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from trailbook.services.views import as_json


def json_answer(view: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a view, or plain values around views, as JSON."""
    return JSONResponse(as_json(view), status_code=status, headers=headers)
