"""What is too large is refused while it comes in, with the limit in the message."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

Client = Callable[..., httpx.AsyncClient]
ATTEMPTS = "./api/v1/courses/first-course/lessons/first steps/01 näme/attempts"
HEADERS = {"Idempotency-Key": "large", "Content-Type": "application/json"}
LIMIT = 20_000


def body(size: int) -> bytes:
    """Return an answer of exactly so many bytes."""
    start, end = b'{"exercise": "half", "version": 1, "answers": {"half": "', b'"}}'
    return start + b"x" * (size - len(start) - len(end)) + end


async def in_parts(content: bytes) -> AsyncIterator[bytes]:
    """Yield the content in parts, so that nobody knows its length before."""
    for begin in range(0, len(content), 1000):
        yield content[begin : begin + 1000]


async def test_answer_up_to_the_limit_is_taken(client: Client) -> None:
    assert (await client("ada").post(ATTEMPTS, content=body(LIMIT), headers=HEADERS)).status_code == 202


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT * 3, LIMIT * 5])
@pytest.mark.parametrize("announced", [True, False])
async def test_answer_over_the_limit_is_refused(client: Client, size: int, announced: bool) -> None:
    content = body(size) if announced else in_parts(body(size))
    answer = await client("ada").post(ATTEMPTS, content=content, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.json()["details"] == {"max_bytes": LIMIT}
    assert "20 000 bytes" in answer.json()["message"]


async def test_body_that_never_ends_is_left(client: Client) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1000
            yield b"x" * 1000

    answer = await client("ada").post(ATTEMPTS, content=endless(), headers=HEADERS)
    assert answer.status_code == 413
    assert read <= LIMIT * 5


async def test_nobody_can_make_the_service_read(client: Client) -> None:
    async def never() -> AsyncIterator[bytes]:
        pytest.fail("the body was read before it was known who sends it")
        yield b""

    assert (await client().post(ATTEMPTS, content=never(), headers=HEADERS)).status_code == 401
