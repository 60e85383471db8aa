"""The course folders of the settings, with what works on each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderGradebook, NbgraderStripper
from trailbook.domain.errors import Invalid

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CourseParts:
    """One course folder, and nbgrader's tools on it."""

    folder: CourseFilesFolder
    stripper: NbgraderStripper
    gradebook: NbgraderGradebook


class CourseFolders(Mapping[str, CourseParts]):
    """The course folders by the name their manifest gives.

    A folder whose manifest cannot be read has no name yet; it is tried again whenever a course is looked for, so that
    one author's mistake neither stops the service nor needs a restart when it is mended.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._unnamed = list(paths)
        self._found: dict[str, CourseParts] = {}
        self._read_names()

    def __getitem__(self, name: str) -> CourseParts:
        if name not in self._found:
            self._read_names()
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._found))

    def __len__(self) -> int:
        return len(self._found)

    def _read_names(self) -> None:
        for path in tuple(self._unnamed):
            folder = CourseFilesFolder(path)
            course, problems = folder.read_manifest()
            if course is None:
                log.error("The course in %s cannot be used: %s", path, "; ".join(each.message for each in problems))
                continue
            if course.name in self._found:
                other = self._found[course.name].folder.path
                raise Invalid(
                    "course_twice",
                    f"Two course folders are both named {course.name}: {other} and {path}. "
                    "Give each its own name, or take one out of the settings.",
                    course=course.name,
                )
            self._unnamed.remove(path)
            self._found[course.name] = CourseParts(folder, NbgraderStripper(path), NbgraderGradebook(path))
