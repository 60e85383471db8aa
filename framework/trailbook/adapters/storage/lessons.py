"""Courses and released lessons in tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from trailbook.adapters.storage.plain import from_text, to_text
from trailbook.adapters.storage.tables import CourseRow, FileRow, VersionRow, table_of
from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.services.ports import LessonSummary, LessonVersion

Exercises = tuple[Exercise, ...]


VERSIONS = table_of(VersionRow)
FIND_COURSE = select(table_of(CourseRow).c.manifest).where(table_of(CourseRow).c.name == bindparam("name"))
SUMMARIES = select(VERSIONS.c.number, VERSIONS.c.sha256, VERSIONS.c.exercises).where(
    *(VERSIONS.c[name] == bindparam(name) for name in ("course", "module", "lesson"))
)
NEWEST = SUMMARIES.order_by(VERSIONS.c.number.desc()).limit(1)
NUMBERED = SUMMARIES.where(VERSIONS.c.number == bindparam("number"))


@lru_cache(maxsize=512)
def _course(manifest: str) -> Course:
    """Return the course; every request reads the same few manifests."""
    return from_text(Course, manifest)


@lru_cache(maxsize=4096)
def _exercises(text: str) -> Exercises:
    """Return a release's exercises; every look at a path reads those of all its lessons."""
    return from_text(Exercises, text)


class SqlCourses:
    """See `trailbook.services.ports.Courses`. Of acts that share a transaction the first reads for all."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[str, Course | None] = {}

    def put(self, course: Course) -> None:
        """Store the course, in place of an older state of it."""
        self._found.clear()
        manifest = to_text(course)
        done = self._session.execute(
            update(CourseRow).where(CourseRow.name == course.name).values(manifest=manifest).returning(CourseRow.name)
        )
        if done.first() is None:
            self._session.execute(insert(CourseRow).values(name=course.name, manifest=manifest))

    def find(self, name: str) -> Course | None:
        """Return the course with this name, or None."""
        if name not in self._found:
            manifest = self._session.scalar(FIND_COURSE, {"name": name})
            self._found[name] = _course(manifest) if manifest is not None else None
        return self._found[name]

    def all(self) -> Sequence[Course]:
        """Return every course in the order of names."""
        manifests = self._session.scalars(select(CourseRow.manifest).order_by(CourseRow.name))
        return [_course(manifest) for manifest in manifests]


class SqlVersions:
    """See `trailbook.services.ports.Versions`. Of acts that share a transaction the first reads for all."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._summaries: dict[tuple[str, LessonKey, int | None], LessonSummary | None] = {}

    def add(self, version: LessonVersion) -> None:
        """Add a release with its files."""
        self._summaries.clear()
        version_id = self._session.scalar(
            insert(VersionRow)
            .values(
                course=version.course,
                module=version.lesson.module,
                lesson=version.lesson.name,
                number=version.number,
                sha256=version.sha256,
                source=to_text(version.source),
                released=to_text(version.released),
                exercises=to_text(version.exercises),
                released_at=version.released_at,
                released_by=version.released_by,
                contract=to_text(version.contract),
            )
            .returning(VersionRow.id)
        )
        for path, content in version.files.items():
            self._session.execute(insert(FileRow).values(version_id=version_id, path=path, content=content))

    def find_latest(self, course: str, lesson: LessonKey) -> LessonVersion | None:
        """Return the newest release of the lesson, or None."""
        return self._first(_of_lesson(course, lesson).order_by(VersionRow.number.desc()).limit(1))

    def find(self, course: str, lesson: LessonKey, number: int) -> LessonVersion | None:
        """Return the release with this number, or None."""
        return self._first(_of_lesson(course, lesson).where(VersionRow.number == number))

    def find_summary(self, course: str, lesson: LessonKey, number: int | None = None) -> LessonSummary | None:
        """Return a release without its notebooks, the newest when no number is given."""
        key = (course, lesson, number)
        if key not in self._summaries:
            place = {"course": course, "module": lesson.module, "lesson": lesson.name}
            query = NEWEST if number is None else NUMBERED
            found = self._session.execute(query, place if number is None else {**place, "number": number}).first()
            self._summaries[key] = (
                LessonSummary(found.number, found.sha256, _exercises(found.exercises)) if found else None
            )
        return self._summaries[key]

    def latest_of_course(self, course: str) -> Mapping[LessonKey, LessonSummary]:
        """Return what the path needs of each released lesson, without reading notebooks."""
        newest = (
            select(func.max(VersionRow.id))
            .where(VersionRow.course == course)
            .group_by(VersionRow.module, VersionRow.lesson)
        )
        columns = (VersionRow.module, VersionRow.lesson, VersionRow.number, VersionRow.sha256, VersionRow.exercises)
        rows = self._session.execute(select(*columns).where(VersionRow.id.in_(newest)))
        return {
            LessonKey(module, lesson): LessonSummary(number, sha256, _exercises(exercises))
            for module, lesson, number, sha256, exercises in rows
        }

    def _first(self, query: Select[VersionRow]) -> LessonVersion | None:
        row = self._session.scalar(query)
        if row is None:
            return None
        files = self._session.execute(
            select(FileRow.path, FileRow.content).where(FileRow.version_id == row.id).order_by(FileRow.path)
        )
        return LessonVersion(
            course=row.course,
            lesson=LessonKey(row.module, row.lesson),
            number=row.number,
            sha256=row.sha256,
            source=json.loads(row.source),
            released=json.loads(row.released),
            exercises=_exercises(row.exercises),
            files={file.path: file.content for file in files},
            released_at=row.released_at,
            released_by=row.released_by,
            contract=json.loads(row.contract),
        )


def _of_lesson(course: str, lesson: LessonKey) -> Select[VersionRow]:
    return select(VersionRow).where(
        VersionRow.course == course, VersionRow.module == lesson.module, VersionRow.lesson == lesson.name
    )
