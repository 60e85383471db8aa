"""What a learner has reached: scores an exercise, a lesson, a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trailbook.domain.course import LessonKey
from trailbook.domain.results import TestResult


class ExerciseState(StrEnum):
    """Where one exercise stands for one learner."""

    NOT_ATTEMPTED = "not_attempted"
    GRADING = "grading"
    GRADED = "graded"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True)
class ExerciseProgress:
    """One learner's standing on one exercise: the best graded result, or a person's score.

    ``comment`` is a grader's; ``message`` is Trailbook's. ``overrides`` are a person's scores by the ``grade_id`` of
    the cell they were given for; they win over whatever a test finds, now and later. ``visible_tests`` are the results
    of the tests without hidden lines, of the answer that did best in those; empty where no test has any.
    """

    exercise: str
    state: ExerciseState = ExerciseState.NOT_ATTEMPTED
    score: float = 0.0
    max_score: float = 0.0
    tests: tuple[TestResult, ...] = ()
    message: str = ""
    comment: str = ""
    overrides: Mapping[str, float] = field(default_factory=dict)
    visible_tests: tuple[TestResult, ...] = ()


@dataclass(frozen=True)
class LessonProgress:
    """One learner's standing on one lesson.

    Attributes
    ----------
    started
        The learner opened the lesson at least once.
    handed_in
        A submission of it exists.
    max_score
        Points of the released version, ≥ 0; 0 for a lesson that only is read.
    unseen, unseen_max
        Points of the exercises whose every verdict is withheld (see `hidden_policy`): of those answered, and of all.
    """

    lesson: LessonKey
    exercises: Mapping[str, ExerciseProgress] = field(default_factory=dict)
    max_score: float = 0.0
    started: bool = False
    handed_in: bool = False
    unseen: float = 0.0
    unseen_max: float = 0.0

    @property
    def score(self) -> float:
        """Points reached."""
        return sum(exercise.score for exercise in self.exercises.values())

    @property
    def counts(self) -> bool:
        """Whether anything in the lesson has points, shown or not."""
        return self.max_score + self.unseen_max > 0

    @property
    def share(self) -> float:
        """Share of the points reached, ≥ 0; a lesson without points counts as 1 once started, else 0."""
        if not self.counts:
            return 1.0 if self.started else 0.0
        return (self.score + self.unseen) / (self.max_score + self.unseen_max)
