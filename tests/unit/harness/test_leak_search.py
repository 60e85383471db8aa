"""The search for leaks must find one: in each form a secret could take on the wire."""

from __future__ import annotations

import html
import http.server
import json
import threading
import urllib.request
from pathlib import Path

import pytest
from harness.secret_texts import secret_lines
from harness.wire import Wire, readable

SECRET = """assert tidy("\\tSOUTH\\n") == 'south'"""
TEMPLATE = Path(__file__).parents[3] / "course_templates/first-course"


@pytest.mark.parametrize(
    "sent",
    [
        SECRET.encode(),
        json.dumps({"source": SECRET}).encode(),
        html.escape(SECRET).encode(),
        json.dumps({"html": html.escape(SECRET)}).encode(),
        html.escape(json.dumps([SECRET])).encode(),
        json.dumps({"data": json.dumps({"source": SECRET})}).encode(),
        SECRET.replace("SOUTH", "SO\r\n1f\r\nUTH").encode(),
    ],
    ids=["plain", "json", "html", "html in json", "json in html", "json in json", "between chunks"],
)
def test_readable_shows_a_secret(sent: bytes) -> None:
    assert SECRET in readable(sent)


def test_secret_lines_are_of_solutions_and_hidden_tests_only() -> None:
    lines = secret_lines(TEMPLATE)
    assert "return text.strip().lower()" in lines
    assert any("Far East" in line for line in lines)
    assert not any("YOUR CODE HERE" in line or line.startswith("#") for line in lines)


def test_wire_keeps_what_came_back() -> None:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(SECRET).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with Wire(server.server_port) as wire:
            urllib.request.urlopen(wire.url).close()
            thread.join()
            assert wire.find([SECRET, "something else"]) == [SECRET]
