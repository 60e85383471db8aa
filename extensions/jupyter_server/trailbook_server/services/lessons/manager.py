"""Lessons the course service opened for this learner: kept in memory, written nowhere but their data files."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import CourseError, Unavailable
from trailbook_server.course_service import CourseService
from trailbook_server.services.lessons.files import is_safe, write_files
from trailbook_server.services.lessons.outline import Outline
from trailbook_server.storage import lesson_folder


@dataclass(frozen=True)
class OpenLesson:
    """A lesson as the course service delivered it.

    Attributes
    ----------
    delivery
        The delivery without notebook and files: what the page may have as JSON.
    folder
        Working folder of the lesson's kernel.
    """

    course: str
    key: LessonKey
    delivery: Mapping[str, Any]
    notebook: Mapping[str, Any]
    files: Mapping[str, bytes]
    outline: Outline
    folder: Path

    @property
    def version(self) -> int:
        """Number of the release."""
        return int(self.delivery["version"]["number"])


class LessonManager:
    """Opens lessons by asking the course service, and remembers what it opened.

    Parameters
    ----------
    service
        The course service.
    work_folder
        Where each lesson's kernel gets its working folder.
    """

    def __init__(self, service: CourseService, work_folder: Path) -> None:
        self._service = service
        self._work_folder = work_folder
        self._open: dict[tuple[str, LessonKey], OpenLesson] = {}

    async def open(self, course: str, key: LessonKey) -> OpenLesson:
        """Ask the course service for the lesson and return it.

        Raises
        ------
        CourseError
            The lesson is locked, unknown or not for this learner, or the service does not answer.
        """
        try:
            delivery = await self._service.fetch_lesson(course, key)
        except Unavailable:
            raise
        except CourseError:
            self._open.pop((course, key), None)
            raise
        lesson = _read_delivery(course, key, delivery, lesson_folder(self._work_folder, course, key))
        write_files(lesson.files, lesson.folder)
        self._open[course, key] = lesson
        return lesson

    async def get(self, course: str, key: LessonKey) -> OpenLesson:
        """Return the lesson as it was last opened; open it when this server has not yet."""
        return self._open.get((course, key)) or await self.open(course, key)

    async def refresh(self, course: str, key: LessonKey) -> OpenLesson:
        """Open the lesson again; while the service is down, return it as it was last opened."""
        try:
            return await self.open(course, key)
        except Unavailable:
            if (course, key) not in self._open:
                raise
            return self._open[course, key]


def _read_delivery(course: str, key: LessonKey, delivery: Mapping[str, Any], folder: Path) -> OpenLesson:
    files = {
        name: base64.b64decode(content) for name, content in delivery.get("files", {}).items() if is_safe(str(name))
    }
    return OpenLesson(
        course=course,
        key=key,
        delivery={name: value for name, value in delivery.items() if name not in ("notebook", "files")},
        notebook=delivery["notebook"],
        files=files,
        outline=Outline(delivery["notebook"], delivery["exercises"]),
        folder=folder,
    )
