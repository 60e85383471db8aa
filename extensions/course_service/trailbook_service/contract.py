"""What the OpenAPI document says of answers: the views as they are sent, and the one shape of every refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI
from pydantic import BaseModel

from trailbook.services.ports.people import LearnerServer
from trailbook.services.views import AttemptView, HomeView


class Refusal(BaseModel):
    """Every refusal: what happened and what to do next, a stable code, and plain values for programs."""

    message: str
    code: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Me:
    """Who asks."""

    name: str
    roles: dict[str, list[str]]
    insecure: bool
    version: str


@dataclass(frozen=True)
class Home(HomeView):
    """What Home shows: the courses, and the person's server."""

    server: LearnerServer


@dataclass(frozen=True)
class AttemptList:
    """A list of attempts; ``next`` is None: all of a lesson's attempts are in it."""

    items: Sequence[AttemptView]
    next: str | None = None


@dataclass(frozen=True)
class PublicKey:
    """A key that receipts can be verified with, as PEM."""

    id: str
    pem: str


@dataclass(frozen=True)
class PublicKeyList:
    """Every such key; ``next`` is None: all are in it."""

    items: Sequence[PublicKey]
    next: str | None = None


Answers = dict[int | str, dict[str, Any]]
REFUSED: Answers = {"4XX": {"model": Refusal, "description": "Refused"}}


def answering(view: type, *, status: int = 200) -> Answers:
    """Return what a route documents of its answers."""
    return {status: {"model": view}, **REFUSED}


ATTEMPT_QUEUED = answering(AttemptView, status=202)


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the names that are sent: Python keeps ``pass`` for itself."""
    return cast(dict[str, Any], _without_last_underscores(app.openapi()))


def _without_last_underscores(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.rstrip("_"): _without_last_underscores(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_last_underscores(each) for each in value]
    return value.rstrip("_") if isinstance(value, str) else value
