"""A wire between one person's browser and the hub that keeps every byte the person receives."""

from __future__ import annotations

import asyncio
import html
import json
import re
import threading
from collections.abc import Iterable
from types import TracebackType


class Wire:
    """Forwards TCP connections to a port and remembers what comes back.

    Browsers must ask for plain bodies (``Accept-Encoding: identity``), or the bytes say nothing.
    """

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._received: list[bytearray] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    def __enter__(self) -> Wire:
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """The hub's address as this person knows it."""
        return f"http://127.0.0.1:{self.port}"

    def received(self) -> bytes:
        """Return every byte that came so far."""
        return b"\n".join(bytes(part) for part in list(self._received))

    def find(self, texts: Iterable[str]) -> list[str]:
        """Return those of the texts that were received, written plainly, or escaped as JSON or HTML, or both."""
        haystack = readable(self.received())
        return [text for text in texts if text in haystack]

    def _call(self, work):  # type: ignore[no-untyped-def]  # any coroutine, its own result
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._forward(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            writer.close()
            return
        kept = bytearray()
        self._received.append(kept)
        await asyncio.gather(_copy(reader, upstream_writer, bytearray()), _copy(upstream_reader, writer, kept))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray) -> None:
    try:
        while piece := await reader.read(65536):
            kept += piece
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


_CHUNK_MARK = re.compile(rb"\r\n[0-9a-fA-F]+\r\n")


def readable(received: bytes) -> str:
    """Return the bytes as text, chunk marks taken out, and again with escapes of JSON and HTML undone, once and twice.

    >>> "say 'hi' <now>" in readable(b'{"a": "say \\\\u0027hi\\\\u0027 &lt;now&gt;"}')
    True
    """
    text = _CHUNK_MARK.sub(b"", received).decode("utf-8", "replace")
    seen = latest = {text}
    for _ in range(2):
        latest = {undo(each) for each in latest for undo in (html.unescape, _undo_json)}
        seen = seen | latest
    return "\n".join(seen)


def _undo_json(text: str) -> str:
    return re.sub(r"\\(u[0-9a-fA-F]{4}|[\"\\/bfnrt])", lambda found: json.loads(f'"{found[0]}"'), text)
