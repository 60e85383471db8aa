"""Live events over a real connection: what happens is told at once, and what was missed is told later."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from support.small_course import wait_for

from trailbook import wiring
from trailbook.config import Settings
from trailbook.domain.course import LessonKey
from trailbook.domain.people import Identity
from trailbook.domain.progress import ExerciseProgress, ExerciseState
from trailbook.services.decide import update_path
from trailbook.services.ports import Event
from trailbook.services.ports.people import Doorkeeping

Connect = Callable[..., Any]
BASE = "/a%40b/services/trailbook/"
LESSON = LessonKey("first steps", "01 näme")


@dataclass(frozen=True)
class Message:
    """One server-sent event."""

    kind: str
    id: int
    data: dict[str, Any]


async def read_message(lines: AsyncIterator[str]) -> Message:
    """Return the next message; heartbeats are comments."""
    found: dict[str, str] = {}
    async for line in lines:
        if not line and found:
            return Message(found["event"], int(found.get("id", 0)), json.loads(found["data"]))
        name, _, value = line.partition(": ")
        if name:
            found[name] = value
    raise AssertionError("the stream ended")


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """Serve on a free port, without starting to grade."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=5)
    )
    sockets = [server.config.bind_socket()]
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets})
    thread.start()
    wait_for(lambda: server.started, what="the service")
    yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}{BASE}"
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def listen(address: str) -> Connect:
    """Return a function that opens the stream of a person and gives its messages."""

    @asynccontextmanager
    async def open_stream(token: str, *, query: str = "", **headers: str) -> AsyncIterator[Callable[[], Any]]:
        given = {"Authorization": f"token {token}", **headers}
        async with (
            asyncio.timeout(20),
            httpx.AsyncClient(base_url=address, headers=given, timeout=20) as client,
            client.stream("GET", f"api/v1/events{query}") as response,
        ):
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["cache-control"] == "no-store"
            lines = response.aiter_lines()
            yield lambda: read_message(lines)

    return open_stream


def grade(application: wiring.Application, learner: str, score: float) -> list[Event]:
    """Do what a grading does at its end: progress, decisions and events in one transaction, then the news."""
    now = application.context.clock()
    with application.storage() as work:
        course = work.courses.find("first-course")
        assert course is not None
        done = ExerciseProgress("half", ExerciseState.GRADED, score=score, max_score=2)
        work.progress.put_exercise(learner, course.name, LESSON, done)
        events = [work.events.append(Event("attempt_graded", now, course.name, learner, LESSON, "half"))]
        events += update_path(work, course, learner, now)
    application.live.publish(events)
    return events


def start(application: wiring.Application, learner: str) -> None:
    identity = {"ada": "ada", "trap": """te<s'&">t ü"""}[learner]
    with application.storage() as work:
        course = work.courses.find("first-course")
        assert course is not None
        work.progress.mark_started(identity, course.name, LESSON)
        update_path(work, course, identity, application.context.clock())


async def test_unlocked_lesson_is_told_at_once_with_its_reason(
    listen: Connect, application: wiring.Application
) -> None:
    start(application, "ada")
    async with listen("ada") as message:
        assert (await message()).kind == "ready"
        grade(application, "ada", 2)
        graded, unlocked, changed = await message(), await message(), await message()
    assert [graded.kind, unlocked.kind, changed.kind] == ["attempt_graded", "lesson_unlocked", "path_changed"]
    assert graded.data["data"]["exercise"]["score"] == 2
    assert graded.data["data"]["lesson"]["status"] == "mastered"
    assert unlocked.data["lesson"] == "first steps/02 next"
    assert unlocked.data["data"]["because"] == "Open because you reached 100 % in Halves."
    assert unlocked.data["data"]["lesson"]["status"] == "open"
    assert graded.id < unlocked.id < changed.id


async def test_what_was_missed_comes_first(listen: Connect, application: wiring.Application) -> None:
    start(application, "ada")
    async with listen("ada") as message:
        ready = await message()
    events = grade(application, "ada", 2)
    async with listen("ada", **{"Last-Event-ID": str(ready.id)}) as message:
        assert (await message()).kind == "ready"
        missed = [await message() for _ in events]
        assert [each.id for each in missed] == [event.id for event in events]
        (later,) = grade(application, "ada", 2)
        assert (await message()).id == later.id, "nothing is sent twice"
    async with listen("ada", query=f"?after={events[0].id}") as message:
        await message()
        assert (await message()).id == events[1].id


async def test_first_connection_begins_now(listen: Connect, application: wiring.Application) -> None:
    start(application, "ada")
    before = grade(application, "ada", 1)
    async with listen("ada") as message:
        assert (await message()).id == before[-1].id
        (event,) = grade(application, "ada", 1)
        assert (await message()).id == event.id


async def test_events_of_one_learner_are_for_that_learner(listen: Connect, application: wiring.Application) -> None:
    start(application, "ada")
    start(application, "trap")
    async with listen("trap") as message:
        await message()
        grade(application, "ada", 2)
        (own,) = [event for event in grade(application, """te<s'&">t ü""", 1) if event.kind == "attempt_graded"]
        assert (await message()).id == own.id


async def test_release_is_told_to_everyone_in_the_course(
    listen: Connect, application: wiring.Application, course_folder: Any
) -> None:
    source = course_folder / "source" / "first steps" / "02 next.ipynb"
    source.write_text(source.read_text("utf-8").replace("# Next", "# Next one"), "utf-8")
    async with listen("ada") as ada, listen("trap") as trap:
        await ada()
        await trap()
        await asyncio.to_thread(application.release, "first-course", None, by="ines")
        for message in (ada, trap):
            told = await message()
            assert (told.kind, told.data["lesson"]) == ("lesson_released", "first steps/02 next")
            assert told.data["data"]["version"] == 2


async def test_reported_events_are_not_told(listen: Connect, application: wiring.Application, address: str) -> None:
    start(application, "ada")
    async with listen("ada") as message:
        await message()
        async with httpx.AsyncClient(base_url=address, headers={"Authorization": "token ada"}) as client:
            reports = "api/v1/courses/first-course/lessons/first steps/01 näme/events"
            sent = await client.post(reports, json={"items": [{"kind": "run"}]})
            assert sent.status_code == 204
        (event,) = grade(application, "ada", 1)
        assert (await message()).id == event.id


async def test_listener_is_forgotten_when_it_leaves(listen: Connect, application: wiring.Application) -> None:
    async with listen("ada") as message:
        await message()
        assert len(application.live._listeners) == 1
    async with asyncio.timeout(10):
        while application.live._listeners:  # noqa: ASYNC110 - the server notices in its own thread
            await asyncio.sleep(0.02)


async def test_stream_ends_when_the_database_is_away(
    listen: Connect, application: wiring.Application, settings: Settings
) -> None:
    start(application, "ada")
    database = settings.state_folder / "trailbook.db"
    async with listen("ada") as message:
        assert (await message()).kind == "ready"
        events = grade(application, "ada", 1)
        assert (await message()).id == events[0].id
        application.storage.close()
        database.rename(database.with_name("aside.db"))
        database.mkdir()
        application.live.publish(events)
        with pytest.raises(AssertionError, match="the stream ended"):
            await message()


def tell_of_test(application: wiring.Application, learner: str, *, course: str = "first-course") -> None:
    """Do what a grading does when a test ends."""
    data = {"attempt": "x", "grade_id": "half-tests", "score": 2, "max_score": 2, "message": "", "mode": "separate"}
    now = application.context.clock()
    application.live.publish([Event("test_ended", now, course, learner, LESSON, "half", data=data)])


async def test_test_that_ended_is_told_at_once_and_kept_nowhere(
    listen: Connect, application: wiring.Application
) -> None:
    start(application, "ada")
    async with listen("ada") as message:
        await message()
        tell_of_test(application, "someone else")
        tell_of_test(application, "ada", course="other")
        tell_of_test(application, "ada")
        told = await message()
        grade(application, "ada", 2)
        graded = await message()
    assert (told.kind, told.id, told.data["exercise"]) == ("test_ended", 0, "half")
    assert told.data["data"]["grade_id"] == "half-tests"
    assert graded.kind == "attempt_graded"
    async with listen("ada", query="?after=0") as message:
        kinds = [(await message()).kind for _ in range(4)]
    assert "test_ended" not in kinds


async def test_open_stream_follows_the_roles_of_now(
    listen: Connect, application: wiring.Application, doorkeeping: Doorkeeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbook_service.stream.RECHECK_SECONDS", 0.05)
    start(application, "ada")
    async with listen("ada") as message:
        await message()
        doorkeeping.identities.identities["ada"] = Identity("ada")  # type: ignore[attr-defined]  # the double's own
        doorkeeping.identities.asked.clear()  # type: ignore[attr-defined]
        assert await asyncio.to_thread(doorkeeping.identities.asked.wait, 10)  # type: ignore[attr-defined]
        grade(application, "ada", 2)
        del doorkeeping.identities.identities["ada"]  # type: ignore[attr-defined]
        with pytest.raises(AssertionError, match="the stream ended"):
            await message()
