"""A course service over a real database and a real course folder; only who asks is given, not looked up at a hub."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from trailbook import wiring
from trailbook.config import Settings
from trailbook.domain.errors import Invalid
from trailbook.domain.people import Identity, Role
from trailbook.services.ports.people import Doorkeeping, LearnerServer, ServerState, SignedIn, SignInStart
from trailbook_service.app import create_app

BASE = "/a%40b/services/trailbook/"
TRAP = """te<s'&">t ü"""
COURSE = "first-course"
HIDDEN = "assert half(90) == 45.0"
SOLUTION = "return n / 2.0"
MANIFEST = """\
name: first-course
title: First <course>
description: Two lessons
modules:
  - name: first steps
    title: First steps
    lessons:
      - {name: 01 näme, title: Halves, minutes: 6}
      - {name: 02 next, title: Next, requires: [01 näme]}
"""


def markdown(cell_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": _metadata(nbgrader), "source": source}


def code(cell_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    return markdown(cell_id, source, **nbgrader) | {"cell_type": "code", "outputs": [], "execution_count": None}


def _metadata(nbgrader: Mapping[str, Any]) -> dict[str, Any]:
    if not nbgrader:
        return {}
    defaults = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {**defaults, **nbgrader}}


def notebook(*cells: dict[str, Any]) -> str:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": list(cells)})


HALVES = notebook(
    markdown("text", "# Halves\n\nThe </script> of </textarea> nothing."),
    code(
        "answer",
        f"def half(n):\n    ### BEGIN SOLUTION\n    {SOLUTION}\n    ### END SOLUTION",
        grade_id="half",
        solution=True,
    ),
    code(
        "tests",
        f"assert half(4) == 2\n### BEGIN HIDDEN TESTS\n{HIDDEN}\n### END HIDDEN TESTS",
        grade_id="half-tests",
        grade=True,
        locked=True,
        points=2,
    ),
)
NEXT = notebook(
    markdown("text", "# Next"),
    markdown("why", "Because.", grade_id="why", grade=True, solution=True, points=3),
)


class KnownTokens:
    """An identity provider that knows its tokens by heart, and signs in whoever brings the code ``good``."""

    takes_links = False
    sign_in_hint = "Sign in at the hub."
    cookie_name = "service-trailbook"
    state_cookie_name = "service-trailbook-oauth-state"
    sign_out_url = "/a%40b/hub/logout"
    cookie_options: Mapping[str, Any] = {"path": BASE}

    def __init__(self) -> None:
        learner = {COURSE: frozenset({Role.LEARNER})}
        self.identities = {
            "ada": Identity("ada", learner),
            "trap": Identity(TRAP, learner),
            "ines": Identity("ines", {COURSE: frozenset({Role.INSTRUCTOR})}),
            "greta": Identity("greta", {COURSE: frozenset({Role.GRADER})}),
            "mallory": Identity("mallory"),
            "staff": Identity("staff-first-course", {COURSE: frozenset({Role.INSTRUCTOR})}, is_service=True),
            "other-staff": Identity("staff-other", {"other": frozenset({Role.INSTRUCTOR})}, is_service=True),
        }
        self.next_url = ""
        self.asked = threading.Event()

    async def identify(self, token: str, *, session: str = "") -> Identity | None:
        self.asked.set()
        return self.identities.get(token)

    def start_sign_in(self, next_url: str) -> SignInStart:
        self.next_url = next_url
        return SignInStart("/a%40b/hub/api/oauth2/authorize?state=st", "st", 600)

    async def finish_sign_in(self, code: str, *, state: str, cookie_state: str) -> SignedIn:
        if (code, state, cookie_state) != ("good", "st", "st"):
            raise Invalid("sign_in_failed", "Open the page again.")
        return SignedIn("ada", self.next_url)

    async def close(self) -> None:
        pass


class KnownServers:
    """Learners' servers that start at once."""

    def __init__(self) -> None:
        self.state = ServerState.STOPPED

    async def look(self, learner: str) -> LearnerServer:
        return LearnerServer(self.state, f"/user/{learner}/")

    async def start(self, learner: str) -> LearnerServer:
        self.state = ServerState.READY
        return LearnerServer(ServerState.STARTING, f"/user/{learner}/")

    async def glance(self, learner: str) -> LearnerServer:
        return await self.look(learner)

    async def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the course and the database after its release; each test has a copy."""
    folder = tmp_path_factory.mktemp("released")
    source = folder / "a course" / "source" / "first steps"
    source.mkdir(parents=True)
    (folder / "a course" / "course.yaml").write_text(MANIFEST, "utf-8")
    (source / "01 näme.ipynb").write_text(HALVES, "utf-8")
    (source / "02 next.ipynb").write_text(NEXT, "utf-8")
    application = wiring.build(settings_in(folder))
    application.release(COURSE, None, by="ines")
    application.stop()
    return folder


def settings_in(folder: Path) -> Settings:
    return Settings(
        state_folder=folder / "state",
        courses=(folder / "a course",),
        max_submission_bytes=20_000,
        insecure=True,
        learner_server_url="/a%40b/user/{name}/",
        home_url=BASE,
        manual_grade_poll_seconds=0.1,
    )


@pytest.fixture
def settings(tmp_path: Path, released: Path) -> Settings:
    shutil.copytree(released, tmp_path, dirs_exist_ok=True)
    return settings_in(tmp_path)


@pytest.fixture
def course_folder(settings: Settings) -> Path:
    return settings.courses[0]


@pytest.fixture
def web_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "home.js").write_text("export {};", "utf-8")
    (folder / "tokens.css").write_text("@font-face { src: url(x) }\nbody { margin: 0 }", "utf-8")
    return folder


@pytest.fixture
def application(settings: Settings) -> Iterator[wiring.Application]:
    built = wiring.build(settings)
    yield built
    built.stop()


@pytest.fixture
def doorkeeping() -> Doorkeeping:
    return Doorkeeping(KnownTokens(), KnownServers())


@pytest.fixture
def app(application: wiring.Application, doorkeeping: Doorkeeping, web_folder: Path) -> FastAPI:
    return create_app(application, doorkeeping, base_url=BASE, web_folder=web_folder)


Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Client]:
    """Return clients of a service that grades nothing: ``client("ada")`` by token, ``client()`` for nobody."""
    made: list[httpx.AsyncClient] = []

    def make(token: str = "", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        given = {"Authorization": f"token {token}"} if token else {}
        made.append(httpx.AsyncClient(transport=transport, base_url=f"http://test{BASE}", headers=given | headers))
        return made[-1]

    yield make
    for each in made:
        await each.aclose()
