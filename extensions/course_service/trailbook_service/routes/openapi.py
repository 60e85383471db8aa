"""The contract as an OpenAPI document, for whoever is signed in."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request

from trailbook_service.answers import JsonAnswer
from trailbook_service.contract import openapi_of

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def read_openapi(request: Request) -> JsonAnswer:
    """Return the OpenAPI document."""
    return JsonAnswer(openapi_of(request.app))
