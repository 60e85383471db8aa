"""Fitted learner models in a plain dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trailbook.services.ports.models import ModelVersion


@dataclass(frozen=True)
class MemoryModelVersions:
    """See `trailbook.services.ports.models.ModelVersions`."""

    versions: dict[str, tuple[ModelVersion, ...]]

    def append(self, version: ModelVersion) -> None:
        """Add a version."""
        self.versions[version.course] = (*self.versions.get(version.course, ()), version)

    def latest(self, course: str) -> ModelVersion | None:
        """Return the version in use, if there is one."""
        return next(reversed(self.versions.get(course, ())), None)

    def all(self, course: str) -> Sequence[ModelVersion]:
        """Return every version of a course, oldest first."""
        return self.versions.get(course, ())
