"""What the service does unasked: look for manual grades, and for grading jobs that nobody finished."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool
from trailbook.wiring import Application

from trailbook.domain.errors import CourseError

log = logging.getLogger(__name__)

RECOVER_SECONDS = 30.0


@asynccontextmanager
async def background_tasks(application: Application) -> AsyncIterator[None]:
    """Run the watchers while the service serves."""
    tasks = [
        asyncio.create_task(
            repeat(
                lambda course=course: application.record_manual_grades(course),
                f"look for manual grades of {course}",
                every_seconds=application.settings.manual_grade_poll_seconds,
            )
        )
        for course in application.courses
    ]
    tasks.append(
        asyncio.create_task(repeat(application.recover_jobs, "recover grading jobs", every_seconds=RECOVER_SECONDS))
    )
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def repeat(act: Callable[[], object], what: str, *, every_seconds: float) -> None:
    """Do something again and again off the event loop; a failure is logged once until it works again.

    A failure here must not end the service, and the next turn tries anew: a gradebook that is locked or being replaced
    now is there a second later.
    """
    failing = ""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            await run_in_threadpool(act)
        except CourseError as error:
            failing = _log_change(what, failing, f"{error.code}: {error.message}")
        except Exception as error:  # noqa: BLE001 - logged, and tried again
            failing = _log_change(what, failing, f"{type(error).__name__}: {error}")
        else:
            if failing:
                log.info("Could %s again", what)
            failing = ""


def _log_change(what: str, before: str, now: str) -> str:
    if now != before:
        log.error("Could not %s, will try again: %s", what, now)
    return now
