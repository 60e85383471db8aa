"""What the service does unasked goes on after a failure, and says so once."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path

import pytest

from trailbook import wiring
from trailbook.domain.errors import Unavailable
from trailbook_service.background import Attempts, background_tasks


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "trailbook_service.background")
    return caplog


async def test_failure_is_said_once_and_its_end_too(said: pytest.LogCaptureFixture) -> None:
    failures: list[Exception | None] = [
        Unavailable("gradebook_unavailable", "Locked."),
        Unavailable("gradebook_unavailable", "Locked."),
        OSError("gone"),
        None,
        None,
    ]

    def act() -> None:
        if failure := failures.pop(0):
            raise failure

    attempts = Attempts()
    for _ in range(5):
        await attempts.make("look", act)
    assert said.messages == [
        "Could not look, will try again: gradebook_unavailable: Locked.",
        "Could not look, will try again: OSError: gone",
        "It works again: look",
    ]


async def until_said(said: pytest.LogCaptureFixture, text: str) -> None:
    async with asyncio.timeout(20):
        while not any(text in message for message in said.messages):  # noqa: ASYNC110 - another thread says it
            await asyncio.sleep(0.02)


async def test_watcher_survives_a_gradebook_that_is_gone_for_a_while(
    application: wiring.Application, course_folder: Path, said: pytest.LogCaptureFixture
) -> None:
    gradebook = course_folder / "gradebook.db"
    aside = gradebook.rename(course_folder / "aside.db")
    with sqlite3.connect(gradebook) as broken:
        broken.execute("CREATE TABLE alembic_version (version_num TEXT)")
    broken.close()
    async with background_tasks(application):
        await until_said(said, "Could not look for manual grades of first-course")
        aside.replace(gradebook)
        await until_said(said, "It works again: look for manual grades of first-course")
