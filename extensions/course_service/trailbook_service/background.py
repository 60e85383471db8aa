"""What the service does unasked: look for manual grades, and for grading jobs that nobody finished."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from starlette.concurrency import run_in_threadpool

from trailbook.domain.errors import CourseError
from trailbook.wiring import Application

log = logging.getLogger(__name__)

RECOVER_SECONDS = 30.0


@asynccontextmanager
async def background_tasks(application: Application) -> AsyncIterator[None]:
    """Run the watchers while the service serves."""
    tasks = [
        asyncio.create_task(_watch_manual_grades(application)),
        asyncio.create_task(_watch_jobs(application)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _watch_manual_grades(application: Application) -> None:
    """Take over what graders scored, course by course; courses can be added while this runs."""
    attempts = Attempts()
    while True:
        await asyncio.sleep(application.settings.manual_grade_poll_seconds)
        for course in application.courses:
            act = partial(application.record_manual_grades, course)
            await attempts.make(f"look for manual grades of {course}", act)


async def _watch_jobs(application: Application) -> None:
    """Bring grading jobs that nobody finished to the workers again."""
    attempts = Attempts()
    while True:
        await asyncio.sleep(RECOVER_SECONDS)
        await attempts.make("recover grading jobs", application.recover_jobs)


class Attempts:
    """Does things off the event loop; a failure is logged once, until it changes or ends.

    A failure must not end a watcher, and its next turn tries anew: a gradebook that is locked or being replaced now is
    there a second later.
    """

    def __init__(self) -> None:
        self._failing: dict[str, str] = {}

    async def make(self, what: str, act: Callable[[], object]) -> None:
        """Do it, and log when that begins or ceases to fail."""
        try:
            await run_in_threadpool(act)
        except CourseError as error:
            self._note(what, f"{error.code}: {error.message}")
        except Exception as error:  # noqa: BLE001 - logged, and tried again at the next turn
            self._note(what, f"{type(error).__name__}: {error}")
        else:
            if self._failing.pop(what, ""):
                log.info("It works again: %s", what)

    def _note(self, what: str, failure: str) -> None:
        if self._failing.get(what) != failure:
            log.error("Could not %s, will try again: %s", what, failure)
        self._failing[what] = failure
