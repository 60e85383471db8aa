"""What the doors show of reviews, as values whose field names are the JSON names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DueView:
    """A skill that is due; ``recall`` is the predicted probability that it is still there, in [0, 1]."""

    skill: str
    title: str
    recall: float
    because: str
    last_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class ReviewsView:
    """What is due in a course now, what faded most first; ``because`` says what to do about it."""

    course: str
    due: Sequence[DueView]
    because: str


@dataclass(frozen=True)
class ReviewExerciseView:
    """One exercise of a review. ``skills`` are titles; ``url`` is where it is answered."""

    lesson: str
    lesson_title: str
    exercise: str
    title: str
    minutes: float
    skills: Sequence[str]
    url: str


@dataclass(frozen=True)
class ReviewView:
    """A review to do now, in this order; ``minutes`` is about how long it takes in all, within what was asked for."""

    course: str
    minutes: float
    because: str
    exercises: Sequence[ReviewExerciseView]
