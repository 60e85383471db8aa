"""The waiting page without a browser understands what a server sends, and the table says what was missed."""

from __future__ import annotations

import asyncio
import json

from latency.client import Page, Waited
from latency.measure import Row, Times, rows

TOLD = (
    ("ready", {"kind": "ready", "data": {}}),
    ("test_ended", {"data": {"attempt": "at", "grade_id": "one: a test"}}),
    ("attempt_graded", {"data": {"attempt": {"id": "at"}}}),
)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, posted: asyncio.Event) -> None:
    """Answer one request, as a learner's server does: an attempt, or the events, cut in the middle of a line."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"POST"):
        content = b'{"id": "at"}'
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content))
        posted.set()
    else:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for kind, data in TOLD:
            if kind == "test_ended":
                await posted.wait()
            message = f"id: 1\r\nevent: {kind}\r\ndata: {json.dumps(data)}\r\n\r\n".encode()
            for piece in (message[:20], message[20:]):
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    writer.close()


async def test_page_waits_for_receipt_first_test_and_verdict() -> None:
    posted = asyncio.Event()
    server = await asyncio.start_server(lambda *streams: _serve(*streams, posted=posted), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        page = Page("ada", port, {"Cookie": "a=b"}, "/submit", "/events")
        await page.open()
        waited = await page.submit({"cells": {}})
        await page.close()
    assert waited.first_test is not None
    assert waited.received > 0
    assert waited.first_test <= waited.verdict


def test_table_says_what_was_missed() -> None:
    quick, slow = Waited(0.01, 0.05, 0.1), Waited(0.01, None, 2.0)
    found = rows(Times(alone=[quick, quick, slow], browser=[quick, slow], http=[quick], bursts=[quick, slow]))
    assert [row.held for row in found] == [True, False, False, True, True, True]
    assert found[0] == Row("service alone, verdict, median", 0.1, 0.15)
    assert found[0].as_json() == {
        "name": "service alone, verdict, median",
        "measured": 0.1,
        "goal": 0.15,
        "unit": "s",
        "held": True,
    }
