"""The extension's managers, joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trailbook_server.course_service import CourseService
from trailbook_server.services.drafts.manager import DraftManager
from trailbook_server.services.events.manager import PageEvents
from trailbook_server.services.events.reports import ProgressReports
from trailbook_server.services.kernels.manager import LessonKernels
from trailbook_server.services.lessons.manager import LessonManager, OpenLesson
from trailbook_server.services.lessons.renderer import LessonRenderer


@dataclass(frozen=True)
class Parts:
    """What the handlers use."""

    home_url: str
    service: CourseService
    lessons: LessonManager
    renderer: LessonRenderer
    drafts: DraftManager
    kernels: LessonKernels
    reports: ProgressReports
    page_events: PageEvents

    async def page_data(self, lesson: OpenLesson) -> dict[str, Any]:
        """Return what the lesson page's script gets: the delivery, and what is kept on this server."""
        kernel = await self.kernels.of(lesson)
        return {
            **lesson.delivery,
            "home_url": self.home_url,
            "drafts": self.drafts.read(lesson.course, lesson.key).as_json(),
            "outputs": kernel.outputs,
            "ran": kernel.ran,
            "kernel": kernel.as_json(),
        }

    def sources(self, lesson: OpenLesson, sent: Mapping[str, str]) -> dict[str, str]:
        """Return the source of every answer cell of a lesson: as sent, else as drafted, else as released."""
        starters = lesson.outline.starters
        drafted = self.drafts.read(lesson.course, lesson.key).cells
        return {name: sent.get(name, drafted.get(name, starter)) for name, starter in starters.items()}

    async def close(self) -> None:
        """End kernels, streams and connections."""
        await self.reports.close()
        await self.kernels.close()
        await self.service.close()
