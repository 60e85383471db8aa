"""The service's addresses, one noun a file."""

from __future__ import annotations

from fastapi import APIRouter

from trailbook_service.routes import (
    attempts,
    classes,
    courses,
    difficulties,
    events,
    home,
    lessons,
    me,
    openapi,
    overrides,
    preferences,
    receipt_keys,
    releases,
    reviews,
    server,
    sign_in,
    sittings,
    submissions,
)

API = "/api/v1"


def all_routes() -> APIRouter:
    """Return every route below the service's base address."""
    routes = APIRouter()
    routes.include_router(home.pages)
    routes.include_router(classes.pages)
    routes.include_router(sign_in.pages)
    routes.include_router(openapi.router)
    for noun in (
        me,
        home,
        server,
        courses,
        lessons,
        attempts,
        submissions,
        receipt_keys,
        releases,
        reviews,
        events,
        classes,
        overrides,
        sittings,
        difficulties,
        preferences,
    ):
        routes.include_router(noun.router, prefix=API)
    return routes
