"""As much of a lesson page as its wait needs, without a browser: one request at a time, and the stream of events."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

READY_SECONDS = 30.0
VERDICT_SECONDS = 60.0
MOST_BYTES = 2**24
KEPT_SECONDS = 3.0  # the proxy closes what is idle for 5; a browser knows that from its header


@dataclass(frozen=True)
class Waited:
    """Seconds from sending an answer to its receipt, to the first test's word, and to the verdict."""

    received: float
    first_test: float | None
    verdict: float


@dataclass
class Page:
    """A page that follows its learner's events, and submits.

    Attributes
    ----------
    port, headers
        Where it asks, and what vouches for the learner.
    submit_path, events_path
        The two addresses.
    """

    name: str
    port: int
    headers: Mapping[str, str]
    submit_path: str
    events_path: str
    _kept: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    _used: float = 0.0
    _news: dict[str, dict[str, float]] = field(default_factory=dict)
    _told: asyncio.Condition = field(default_factory=asyncio.Condition)
    _following: asyncio.Task[None] | None = None
    _is_ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Follow the events from now on."""
        self._following = asyncio.create_task(self._follow())
        ready = asyncio.create_task(self._is_ready.wait())
        await asyncio.wait({self._following, ready}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            raise RuntimeError(f"{self.name} hears nothing") from (
                self._following.exception() if self._following.done() else None
            )

    async def close(self) -> None:
        """Leave."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        if self._kept is not None:
            self._kept[1].close()

    async def submit(self, body: Mapping[str, Any]) -> Waited:
        """Submit an answer under a key of its own and wait for its verdict."""
        key = str(uuid.uuid4())
        began = time.perf_counter()
        if "cells" in body:  # as learners' servers want it
            body = {**body, "key": key}
        status, attempt = await self._ask(self.submit_path, body, key)
        received = time.perf_counter()
        if status != 202:
            raise RuntimeError(f"{self.name} was refused: {status} {attempt}")
        async with self._told, asyncio.timeout(VERDICT_SECONDS):
            await self._told.wait_for(lambda: "verdict" in self._news.get(attempt["id"], {}))
        told = self._news.pop(attempt["id"])
        first = told.get("test")
        return Waited(received - began, first - began if first else None, told["verdict"] - began)

    async def _ask(self, path: str, body: Mapping[str, Any], key: str) -> tuple[int, Any]:
        if self._kept is not None and time.monotonic() - self._used > KEPT_SECONDS:
            self._kept[1].close()
            self._kept = None
        reader, writer = self._kept = self._kept or await self._connect()
        content = json.dumps(body).encode()
        more = {"Content-Type": "application/json", "Content-Length": str(len(content)), "Idempotency-Key": key}
        writer.write(self._head("POST", path, more) + content)
        status, headers = await _read_head(reader)
        if "content-length" in headers:
            answer = await reader.readexactly(int(headers["content-length"]))
        else:
            answer = b"".join([piece async for piece in _chunks(reader)])
        self._used = time.monotonic()
        return status, json.loads(answer)

    async def _follow(self) -> None:
        reader, writer = await self._connect()
        try:
            writer.write(self._head("GET", self.events_path, {"Accept": "text/event-stream"}))
            status, _ = await _read_head(reader)
            if status != 200:
                raise RuntimeError(f"{self.name} may not listen: {status}")
            async with aclosing(_events(_chunks(reader))) as events:
                async for kind, data in events:
                    await self._hear(kind, data, time.perf_counter())
        finally:
            writer.close()

    async def _hear(self, kind: str, data: Mapping[str, Any], now: float) -> None:
        told = data.get("data", {})
        if kind == "ready":
            self._is_ready.set()
        elif kind == "test_ended":
            self._news.setdefault(told["attempt"], {}).setdefault("test", now)
        elif kind == "attempt_graded":
            async with self._told:
                self._news.setdefault(told["attempt"]["id"], {})["verdict"] = now
                self._told.notify_all()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, limit=MOST_BYTES)

    def _head(self, method: str, path: str, more: Mapping[str, str]) -> bytes:
        headers = {"Host": f"127.0.0.1:{self.port}", **self.headers, **more}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    return int(first.split()[1]), {name.lower(): value for name, value in headers.items()}


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield the pieces of a chunked body."""
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")


async def _events(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield the kind and data of each event that has data."""
    buffer = b""
    async for chunk in chunks:
        buffer = (buffer + chunk).replace(b"\r\n", b"\n")
        *events, buffer = buffer.split(b"\n\n")
        for event in events:
            fields = dict(line.split(": ", 1) for line in event.decode().split("\n") if ": " in line)
            if "event" in fields and "data" in fields:
                yield fields["event"], json.loads(fields["data"])
