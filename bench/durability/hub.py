"""As much of a hub as the course service asks for: whose a token is."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from durability.course import NAME


class _Answer(BaseHTTPRequestHandler):
    """Answers that the token is the learner's name."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer ``GET /hub/api/user``."""
        name = self.headers.get("Authorization", "").partition(" ")[2]
        model = {
            "name": name,
            "kind": "user",
            "admin": False,
            "groups": [f"trailbook-{NAME}-learner"],
            "scopes": ["access:services"],
        }
        body = json.dumps(model).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


class _Hub(ThreadingHTTPServer):
    """Says nothing of services that are killed while they ask."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say what went wrong, unless the other side is gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running_hub() -> Iterator[str]:
    """Run it and yield its API's address; a learner's token is the learner's name."""
    server = _Hub(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hub/api"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
