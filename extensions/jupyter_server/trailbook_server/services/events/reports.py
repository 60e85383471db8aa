"""Reports to the course service: sent in the background, kept while it is down, sent when it is back."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import CourseError, Unavailable
from trailbook_server.course_service import CourseService

MAX_WAITING = 1000
MAX_AT_ONCE = 50

_log = logging.getLogger(__name__)


class ProgressReports:
    """A queue of reports, in order.

    Parameters
    ----------
    service
        Where they go.
    retry_seconds
        Pause before trying again while the service is down.
    """

    def __init__(self, service: CourseService, *, retry_seconds: float) -> None:
        self._service = service
        self._retry_seconds = retry_seconds
        # The oldest go first when there are too many: reports are hints, and memory is not endless.
        self._waiting: deque[tuple[str, LessonKey, dict[str, Any]]] = deque(maxlen=MAX_WAITING)
        self._sender: asyncio.Task[None] | None = None

    def add(self, course: str, key: LessonKey, item: dict[str, Any]) -> None:
        """Queue one report; returns at once."""
        self._waiting.append((course, key, item))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all())

    async def close(self) -> None:
        """Stop sending; what waits is dropped."""
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)

    async def _send_all(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            course, key, _ = batch[0]
            try:
                await self._service.report(course, key, [item for _, _, item in batch])
            except Unavailable:
                self._waiting.extendleft(reversed(batch))
                await asyncio.sleep(self._retry_seconds)
            except CourseError as error:
                # It will not be taken at another time either, such as one for a lesson that is locked again.
                _log.info("The course service refused %d reports: %s", len(batch), error.code)

    def _next_batch(self) -> list[tuple[str, LessonKey, dict[str, Any]]]:
        """Take the oldest report, and those right after it for the same lesson."""
        batch = [self._waiting.popleft()]
        while self._waiting and self._waiting[0][:2] == batch[0][:2] and len(batch) < MAX_AT_ONCE:
            batch.append(self._waiting.popleft())
        return batch
