"""A person without a browser: signs in over HTTP and runs code in a kernel of their own server."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
import websocket

SERVICE = "/services/trailbook/"
START_SECONDS = 60


class Person:
    """One signed-in person with the cookies a browser would have."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self.name = name
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
        page = self.client.get("/hub/login").text
        xsrf = re.search(r'name="_xsrf" value="([^"]*)"', page)
        assert xsrf is not None
        answer = self.client.post(
            "/hub/login?next=%2Fhub%2Fhome", data={"username": name, "password": password, "_xsrf": xsrf[1]}
        )
        assert answer.status_code == 200, answer.text

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.client.close()

    def start_server(self) -> None:
        """Start the person's own server and wait until it lets them in."""
        self.client.get(f"/hub/spawn/{self.name}")
        deadline = time.monotonic() + START_SECONDS
        while "ready" not in self.client.get(f"/hub/api/users/{self.name}/server/progress").text:
            assert time.monotonic() < deadline, "the server did not start"
        self.client.get(f"/user/{self.name}/trailbook/")  # any page: signs in to the server
        assert self.client.get(f"/user/{self.name}/api/kernels").status_code == 200

    def sign_in_to_courses(self) -> None:
        """Sign in to the course service, as opening Home does."""
        home = self.client.get(SERVICE, headers={"Accept": "text/html"})
        assert home.status_code == 200, home.text

    def lesson(self, lesson: str, *, course: str = "first-course") -> httpx.Response:
        """Ask the course service for a lesson."""
        return self.client.get(f"{SERVICE}api/v1/courses/{course}/lessons/{lesson}")

    def submit(self, lesson: str, exercise: str, answers: Mapping[str, str], *, course: str = "first-course") -> Any:
        """Submit an answer to the course service and return the attempt when it is graded."""
        answer = self.begin(lesson, exercise, answers, course=course)
        assert answer.status_code == 202, answer.text
        deadline = time.monotonic() + START_SECONDS
        while (attempt := self.attempt(answer.json()["id"]).json())["status"] not in ("done", "failed"):
            assert time.monotonic() < deadline, attempt
            time.sleep(0.1)
        return attempt

    def begin(
        self, lesson: str, exercise: str, answers: Mapping[str, str], *, course: str = "first-course"
    ) -> httpx.Response:
        """Submit an answer to the course service and return what it says at once."""
        version = self.lesson(lesson, course=course).json()["version"]["number"]
        body = {"exercise": exercise, "version": version, "answers": dict(answers)}
        headers = {"X-Trailbook": "1", "Idempotency-Key": str(uuid.uuid4())}
        return self.client.post(
            f"{SERVICE}api/v1/courses/{course}/lessons/{lesson}/attempts", json=body, headers=headers
        )

    def attempt(self, attempt: str) -> httpx.Response:
        """Ask the course service for an attempt."""
        return self.client.get(f"{SERVICE}api/v1/attempts/{attempt}")

    def attempts(self, lesson: str, *, course: str = "first-course") -> list[dict[str, Any]]:
        """Return the person's attempts of a lesson, newest first."""
        answer = self.client.get(f"{SERVICE}api/v1/courses/{course}/attempts", params={"lesson": lesson})
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def run_in_kernel(self, code: str) -> str:
        """Start a kernel on the person's server, run the code in it, and return what it printed."""
        base = f"/user/{self.name}"
        headers = {"X-XSRFToken": self._xsrf(base)}
        kernel = self.client.post(f"{base}/api/kernels", json={"name": "python3"}, headers=headers)
        assert kernel.status_code == 201, kernel.text
        try:
            return self._execute(f"{base}/api/kernels/{kernel.json()['id']}/channels", code)
        finally:
            self.client.delete(f"{base}/api/kernels/{kernel.json()['id']}", headers=headers)

    def _xsrf(self, base: str) -> str:
        return next(value for name, value in self._cookies(base) if name == "_xsrf")

    def _cookies(self, path: str) -> list[tuple[str, str]]:
        """Return the cookies for a path, the most exact first, as a browser sends them."""
        jar = sorted(self.client.cookies.jar, key=lambda cookie: -len(cookie.path))
        return [(cookie.name, cookie.value or "") for cookie in jar if f"{path}/".startswith(cookie.path)]

    def _execute(self, path: str, code: str) -> str:
        address = urlsplit(str(self.client.base_url))
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies(path))
        socket = websocket.create_connection(f"ws://{address.netloc}{path}", cookie=cookies, timeout=60)
        message = str(uuid.uuid4())
        header = {
            "msg_id": message,
            "msg_type": "execute_request",
            "username": "",
            "session": message,
            "version": "5.4",
        }
        content = {"code": code, "silent": False}
        request = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        socket.send(json.dumps(request | {"buffers": []}))
        try:
            return _printed(socket, message)
        finally:
            socket.close()


def _printed(socket: websocket.WebSocket, message: str) -> str:
    """Return what the kernel prints for one request; its error is the test's."""
    printed = ""
    while True:
        reply = json.loads(socket.recv())
        if reply["parent_header"].get("msg_id") != message:
            continue
        match reply["msg_type"]:
            case "stream":
                printed += reply["content"]["text"]
            case "error":
                raise AssertionError("\n".join(reply["content"]["traceback"]))
            case "status" if reply["content"]["execution_state"] == "idle":
                return printed
