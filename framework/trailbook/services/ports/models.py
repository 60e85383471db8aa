"""Fitted parameters of learner models, as the database keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from trailbook.domain.mastery.fitted import Fitted


@dataclass(frozen=True)
class ModelVersion:
    """One change of a course's learner model. Versions are only added: the newest is the one in use.

    Attributes
    ----------
    number
        1, 2, … for each course.
    before
        The version an undo goes back to; 0 for the model as it ships, None where there is nothing before.
    because
        Why, as a sentence: what the comparison found, or which version was undone.
    """

    course: str
    number: int
    fitted: Fitted
    before: int | None
    because: str
    by: str
    at: datetime


class ModelVersions(Protocol):
    """The learner models of courses, append-only."""

    def append(self, version: ModelVersion) -> None:
        """Add a version; its number is one more than the latest of its course."""

    def latest(self, course: str) -> ModelVersion | None:
        """Return the version in use; None where the course has only ever had the model as it ships."""

    def all(self, course: str) -> Sequence[ModelVersion]:
        """Return every version of a course, oldest first."""
