"""The log of graded answers, as learner models read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from trailbook.domain.course import LessonKey
from trailbook.domain.results import GradingResult


@dataclass(frozen=True)
class GradedAnswer:
    """One result of one attempt or submission; an attempt that was graded again has several.

    Attributes
    ----------
    number
        Place in the log: grows with each result, over all courses.
    exercise
        The exercise that counts, None for a submission, where all do.
    result
        Without its executed notebook.
    at
        When it was graded.
    """

    number: int
    attempt: str
    learner: str
    lesson: LessonKey
    version: int
    exercise: str | None
    answers: Mapping[str, str]
    result: GradingResult
    at: datetime


class GradedAnswers(Protocol):
    """Every result there ever was of attempts and submissions that count, in the order they came."""

    def after(self, course: str, number: int) -> Sequence[GradedAnswer]:
        """Return the results with a greater number, oldest first."""
