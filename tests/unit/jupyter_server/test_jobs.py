"""Jobs on a kernel: one after the other, with readers that come late or leave early."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from trailbook_server.services.kernels.jobs import Job, JobLine

Line = dict[str, Any]
DONE = {"type": "done", "status": "ok"}


def no_catch_up(job: Job) -> list[Line]:
    return []


def telling(*lines: Line, after: asyncio.Event | None = None) -> Job:
    async def work(job: Job) -> str:
        if after is not None:
            await after.wait()
        for line in lines:
            job.tell(line)
        return "ok"

    return Job(work, no_catch_up)


async def all_of(lines: AsyncIterator[Line]) -> list[Line]:
    return [line async for line in lines]


async def test_a_reader_gets_every_line_from_when_it_began_to_read() -> None:
    queue = JobLine()
    job = queue.add(telling({"type": "a"}, {"type": "b"}))
    assert await all_of(job.read()) == [{"type": "a"}, {"type": "b"}, DONE]
    assert not queue.busy


async def test_jobs_run_one_after_the_other() -> None:
    queue, first_may_end, order = JobLine(), asyncio.Event(), list[str]()

    async def first(job: Job) -> str:
        await first_may_end.wait()
        order.append("first")
        return "ok"

    async def second(job: Job) -> str:
        order.append("second")
        return "ok"

    queue.add(Job(first, no_catch_up))
    reading = queue.add(Job(second, no_catch_up)).read()
    assert queue.busy
    first_may_end.set()
    await all_of(reading)
    assert order == ["first", "second"]


async def test_a_late_reader_catches_up_first() -> None:
    queue, may_go_on, is_under_way = JobLine(), asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> str:
        job.tell({"type": "start", "cell": "c"})
        is_under_way.set()
        await may_go_on.wait()
        job.tell({"type": "end", "cell": "c"})
        return "ok"

    job = queue.add(Job(work, lambda job: [{"type": "update", "cell": cell} for cell in job.touched]))
    await is_under_way.wait()
    reading = job.read()
    may_go_on.set()
    assert await all_of(reading) == [{"type": "update", "cell": "c"}, {"type": "end", "cell": "c"}, DONE]


async def test_reading_a_job_that_ended_ends_at_once() -> None:
    queue = JobLine()
    job = queue.add(telling())
    await all_of(job.read())
    assert await all_of(job.read()) == []


async def test_waiting_jobs_are_dropped_and_say_so() -> None:
    queue, may_end = JobLine(), asyncio.Event()
    running = queue.add(telling(after=may_end)).read()
    waiting = queue.add(telling({"type": "never"})).read()
    await asyncio.sleep(0)
    queue.drop_waiting()
    assert await all_of(waiting) == [{"type": "done", "status": "aborted"}]
    may_end.set()
    assert await all_of(running) == [DONE]


async def test_stopping_ends_the_running_job_too() -> None:
    queue, is_under_way = JobLine(), asyncio.Event()

    async def work(job: Job) -> str:
        is_under_way.set()
        await asyncio.Event().wait()
        return "ok"

    running = queue.add(Job(work, no_catch_up)).read()
    waiting = queue.add(telling()).read()
    await is_under_way.wait()
    await queue.stop()
    assert await all_of(running) == [{"type": "done", "status": "aborted"}]
    assert await all_of(waiting) == [{"type": "done", "status": "aborted"}]
    assert not queue.busy


async def test_stopping_ends_a_job_that_had_not_begun() -> None:
    queue = JobLine()
    reading = queue.add(telling()).read()
    await asyncio.sleep(0)  # the worker took it, and has not run it yet
    await queue.stop()
    assert await all_of(reading) == [{"type": "done", "status": "aborted"}]


async def test_a_defect_in_one_job_is_logged_and_the_next_runs(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(job: Job) -> str:
        raise LookupError("a defect")

    queue = JobLine()
    with caplog.at_level(logging.ERROR):
        failed = queue.add(Job(broken, no_catch_up)).read()
        after = queue.add(telling({"type": "a"})).read()
        assert await all_of(failed) == [{"type": "done", "status": "error"}]
        assert await all_of(after) == [{"type": "a"}, DONE]
    assert "a defect" in caplog.text
