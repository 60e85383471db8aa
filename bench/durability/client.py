"""A learner's server as far as submitting goes: one kept connection, and little work of its own beside the service."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from durability.course import CELL_PATH, EXERCISE, answer_of


@dataclass(frozen=True)
class Answered:
    """What the service answered."""

    status: int
    body: Any


class Learner:
    """One learner; asks again over a new connection when one is lost, with the same idempotency key."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open_lesson(self) -> Answered:
        """Open the lesson, as a learner does before answering."""
        return await self.ask("GET", f"/{CELL_PATH}")

    async def submit(self, number: int) -> Answered:
        """Submit an answer; the number is the idempotency key, and in the answer."""
        body = {"exercise": EXERCISE, "version": 1, "answers": {EXERCISE: answer_of(number)}}
        return await self.ask("POST", f"/{CELL_PATH}/attempts", body, key=f"key-{number}")

    async def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> Answered:
        """Send one request over the kept connection; raises `OSError` or `EOFError` when it is lost."""
        content = json.dumps(body).encode() if body is not None else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: token {self.name}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        )
        head += f"Idempotency-Key: {key}\r\n" if key else ""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
            reader, writer = self._streams
            writer.write(head.encode() + b"\r\n" + content)
            await writer.drain()
            headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            length = next(int(line.split(":")[1]) for line in headers if line.lower().startswith("content-length:"))
            answer = await reader.readexactly(length)
        except (OSError, EOFError):
            await self.close()
            raise
        return Answered(int(headers[0].split()[1]), json.loads(answer) if answer else None)

    async def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
