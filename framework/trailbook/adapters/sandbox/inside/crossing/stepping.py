"""Generators and awaitables of one side, run step by step for the other."""

from __future__ import annotations

import asyncio
from typing import Any

from .kinds import Malformed


def step(generator: Any, how: str, args: list[Any]) -> tuple[bool, Any]:
    """Run a generator up to its next value; whether it ended, and the value."""
    try:
        match how:
            case "next":
                return False, next(generator)
            case "send":
                return False, generator.send(*args)
            case "throw":
                return False, generator.throw(*args)
            case "close":
                return True, generator.close()
    except StopIteration as end:
        return True, end.value
    raise Malformed("no such step")


async def step_async(generator: Any) -> tuple[bool, Any]:
    """Run an asynchronous generator up to its next value; whether it ended, and the value."""
    try:
        return False, await anext(generator)
    except StopAsyncIteration:
        return True, None


def run_async(awaitable: Any) -> Any:
    """Run something to wait for to its end."""

    async def run() -> Any:
        return await awaitable

    return asyncio.new_event_loop().run_until_complete(run())
