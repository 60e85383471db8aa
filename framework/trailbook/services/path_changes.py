"""What another learner model changes on every learner's path, before it is put in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.path import LessonStatus, Status
from trailbook.services.ports import UnitOfWork
from trailbook.services.ports.models import ModelVersion

Paths = Mapping[str, Mapping[LessonKey, LessonStatus]]
"""Every learner's status on every lesson."""


@dataclass(frozen=True)
class PathChange:
    """One lesson that stands otherwise on one learner's path; ``because`` is the learner's sentence afterwards."""

    learner: str
    lesson: LessonKey
    before: Status
    after: Status
    because: str


@dataclass(frozen=True)
class InUse:
    """The models of a database in which one course goes by another version; nothing is written."""

    version: ModelVersion

    def append(self, version: ModelVersion) -> None:
        """Refuse: this only looks ahead."""
        raise NotImplementedError("A look ahead writes nothing.")

    def latest(self, course: str) -> ModelVersion | None:
        """Return the version in use."""
        return self.version if course == self.version.course else None

    def all(self, course: str) -> Sequence[ModelVersion]:
        """Return the version alone."""
        return [self.version] if course == self.version.course else []


def paths_of(work: UnitOfWork, course: Course, decide: Callable[[str], Mapping[LessonKey, LessonStatus]]) -> Paths:
    """Return the path of everyone with progress in the course."""
    return {learner: decide(learner) for learner in work.progress.learners(course.name)}


def changes_between(before: Paths, after: Paths) -> list[PathChange]:
    """Return what differs, by learner and in the order of the lessons."""
    return [
        PathChange(learner, key, before[learner][key].status, status.status, status.because)
        for learner, statuses in after.items()
        for key, status in statuses.items()
        if before[learner][key].status is not status.status
    ]
