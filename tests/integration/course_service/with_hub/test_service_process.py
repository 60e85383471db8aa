"""The service as the hub runs it: signed in by OAuth in a browser, a token for a server, graded for real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

TRAP = """te<s'&">t ü"""
LESSON = "api/v1/courses/first-course/lessons/first steps/01 näme"
RIGHT = {"exercise": "half", "version": 1, "answers": {"half": "def half(n):\n    return n * 0.5"}}
SECRETS = ("half(90)", "n / 2.0", "BEGIN SOLUTION", "BEGIN HIDDEN")


class Service:
    """A running course service and everything it said."""

    def __init__(self, hub: Any, folder: Path) -> None:
        self.url = f"{hub.service_url}/services/trailbook/"
        self._log = folder / "service.log"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "state"),
            "TZ": "Pacific/Tongatapu",
            "JUPYTERHUB_API_TOKEN": hub.tokens["trailbook"],
            "JUPYTERHUB_API_URL": hub.api,
            "JUPYTERHUB_CLIENT_ID": "service-trailbook",
            "JUPYTERHUB_HOST": hub.url,
            "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{self.url}oauth_callback",
            "JUPYTERHUB_SERVICE_NAME": "trailbook",
            "JUPYTERHUB_SERVICE_PREFIX": "/services/trailbook/",
            "JUPYTERHUB_SERVICE_URL": hub.service_url,
            "TRAILBOOK_STATE_FOLDER": str(folder / "state"),
            "TRAILBOOK_COURSES": str(folder / "a course"),
            "TRAILBOOK_INSECURE": "1",
        }
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "trailbook_service"], env=environment, stdout=output, stderr=output
            )

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8")

    def wait_until_up(self) -> None:
        while self.process.poll() is None:
            try:
                httpx.get(f"{self.url}api/v1/me")
            except httpx.TransportError:
                threading.Event().wait(0.1)
            else:
                return
        pytest.fail(self.said)

    def client(self, token: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"token {token}"}, timeout=30)


@pytest.fixture(scope="module")
def service(hub: Any, released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(released, folder, dirs_exist_ok=True)
    running = Service(hub, folder)
    try:
        running.wait_until_up()
        yield running
        assert running.process.poll() is not None, "the last test stops the service"
        assert "Traceback" not in running.said
        for token in hub.tokens.values():
            assert token not in running.said
    finally:
        running.process.kill()


def sign_in(hub: Any, service: Service, name: str) -> httpx.Client:
    """Return a browser in which the person signed in at the hub and came back to Home."""
    browser = httpx.Client(follow_redirects=True, headers={"accept": "text/html"}, timeout=30)
    form = browser.get(service.url)
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', form.text)
    assert xsrf, form.text
    action = re.search(r'<form action="([^"]+)"', form.text)
    assert action
    address = f"{hub.url}{action[1].replace('&amp;', '&')}"
    home = browser.post(address, data={"username": name, "password": hub.password, "_xsrf": xsrf[1]})
    assert (home.status_code, str(home.url)) == (200, service.url)
    return browser


def messages(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield kind and data of each event; three heartbeats without one are a failure."""
    kind, heartbeats = "", 0
    for line in lines:
        name, _, value = line.partition(": ")
        heartbeats += not name and bool(value)
        assert heartbeats < 3, "nothing was told"
        if name == "event":
            kind, heartbeats = value, 0
        elif name == "data":
            yield kind, json.loads(value)


def test_learner_signs_in_learns_and_sees_the_next_lesson_open(hub: Any, service: Service) -> None:
    with closing(sign_in(hub, service, TRAP)) as browser:
        home = browser.get(f"{service.url}api/v1/home").json()
        assert (home["learner"], home["insecure"]) == (TRAP, True)
        assert home["server"]["state"] == "stopped"
        assert browser.post(f"{service.url}api/v1/server").status_code == 403, "a cookie alone does not write"
        started = browser.post(f"{service.url}api/v1/server", headers={"X-Trailbook": "1"})
        assert (started.status_code, started.json()["state"]) == (202, "starting")
        hub.ask("DELETE", f"/users/{quote(TRAP)}/server")

        said: list[str] = []
        server = service.client(hub.token_of(TRAP))
        with server, server.stream("GET", "api/v1/events") as stream:
            news = messages(stream.iter_lines())
            assert next(news)[0] == "ready"
            said.append(server.get(LESSON).text)
            sent = server.post(f"{LESSON}/attempts", json=RIGHT, headers={"Idempotency-Key": "right"})
            assert sent.status_code == 202, sent.text
            told = {}
            while not {"attempt_graded", "lesson_unlocked", "path_changed"} <= set(told):
                told.update([next(news)])
            attempt = told["attempt_graded"]["data"]["attempt"]
            assert (attempt["verdict"], attempt["score"], attempt["max_score"]) == ("graded", 2, 2)
            said.append(json.dumps(told))
            said.append(server.get("api/v1/courses/first-course/lessons/first steps/02 next").text)
            said.append(server.get(f"api/v1/attempts/{attempt['id']}").text)
        assert [secret for secret in SECRETS if secret in "".join(said)] == []
        (course,) = browser.get(f"{service.url}api/v1/home").json()["courses"]
        assert [lesson["status"] for lesson in course["modules"][0]["lessons"]] == ["mastered", "in_progress"]


def test_signing_out_of_the_hub_signs_out_here(hub: Any, service: Service) -> None:
    with closing(sign_in(hub, service, "ada")) as browser:
        out = browser.get(f"{service.url}logout")
        assert str(out.url).startswith(hub.url)
        assert browser.get(f"{service.url}api/v1/home", headers={"accept": "*/*"}).status_code == 401


def test_person_without_access_is_turned_away_by_the_hub(hub: Any, service: Service) -> None:
    token = hub.token_of("mallory", scopes=("read:users:name!user",))
    with service.client(token) as client:
        answer = client.get("api/v1/home")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_access")


def test_staff_service_releases_its_course(hub: Any, service: Service) -> None:
    with service.client(hub.tokens["staff"]) as staff:
        recorded = staff.post("api/v1/courses/first-course/releases", json={})  # with contracts, now that it can grade
        released = staff.post("api/v1/courses/first-course/releases", json={})
    assert [answer.status_code for answer in (recorded, released)] == [200, 200], released.text
    assert [item["changed"] for item in recorded.json()["items"]] == [True, False]  # the second has no tests
    assert [item["changed"] for item in released.json()["items"]] == [False, False]
    with service.client(hub.tokens["outsider"]) as outsider:
        refused = outsider.post("api/v1/courses/first-course/releases", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "no_access")


def test_service_stops_at_once_with_listeners_on_the_line(hub: Any, service: Service) -> None:
    client = service.client(hub.token_of("ada"))
    with client, client.stream("GET", "api/v1/events") as stream:
        lines = stream.iter_lines()
        assert next(messages(lines))[0] == "ready"
        service.process.terminate()
        assert [line for line in lines if line.startswith("data")] == [], "the stream ends, it does not break"
        assert service.process.wait(10) == 0
