"""What the database keeps, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from trailbook.domain.course import LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.path import Status
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.results import GradingResult

Notebook = dict[str, Any]
"""A notebook as parsed JSON (nbformat 4)."""


@dataclass(frozen=True)
class LessonVersion:
    """One release of one lesson. ``source`` holds solutions and hidden tests and never leaves the course service."""

    course: str
    lesson: LessonKey
    number: int  # 1, 2, … for each lesson
    sha256: str  # of the released content
    source: Notebook
    released: Notebook
    exercises: tuple[Exercise, ...]
    files: Mapping[str, bytes]  # images and data beside the notebook, by relative path
    released_at: datetime
    released_by: str
    contract: Mapping[str, Any] = field(default_factory=dict)  # what `Grader.record` found; plain JSON values


class JobKind(StrEnum):
    """What a grading job grades."""

    ATTEMPT = "attempt"
    SUBMISSION = "submission"
    PRACTICE = "practice"  # an answer that nothing follows from but its result


class JobStatus(StrEnum):
    """Where a job stands. A job whose lease ran out is queued again."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # three tries; a person must look


@dataclass(frozen=True)
class Attempt:
    """One answer sent to be graded (`ATTEMPT`), or a lesson handed in (`SUBMISSION`); both are graded alike.

    ``answers`` maps ``grade_id`` to the cell's source, for every answer cell of the lesson.
    ``exercise`` is the exercise that counts, and None for a submission, where all do.
    """

    id: str
    kind: JobKind
    key: str  # the client's idempotency key; unique for one learner
    course: str
    lesson: LessonKey
    version: int
    learner: str
    exercise: str | None
    answers: Mapping[str, str]
    created_at: datetime
    status: JobStatus = JobStatus.QUEUED
    tries: int = 0
    lease_until: datetime | None = None
    result: GradingResult | None = None
    graded_at: datetime | None = None
    recorded_at: datetime | None = None  # when the gradebook had it
    sha256: str = ""  # of what was received: see `domain.receipts`
    signature: str = ""  # of the receipt, by the course service's key


@dataclass(frozen=True)
class PastResult:
    """How one try of a job ended; kept as it was when the job is graded again."""

    tries: int  # which try it was: 1, 2, …
    result: GradingResult  # without its executed notebook
    at: datetime


@dataclass(frozen=True)
class Event:
    """A fact in the append-only log. ``trusted`` is False for what a learner's server reported."""

    kind: str  # lesson_opened, run, checked, attempt_submitted, attempt_graded, lesson_unlocked, …
    at: datetime
    course: str
    learner: str
    lesson: LessonKey | None = None
    exercise: str | None = None
    actor: str = ""  # who did it, when that is not the learner
    trusted: bool = True
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0  # given by the log: 1, 2, …


@dataclass(frozen=True)
class Decision:
    """An unlock decision that changed a lesson's status for a learner, with its reason."""

    course: str
    learner: str
    lesson: LessonKey
    status: Status
    because: str
    at: datetime


@dataclass(frozen=True)
class LessonSummary:
    """What the path needs of a released lesson, without its notebooks."""

    number: int
    sha256: str
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True)
class StoredProgress:
    """What is stored of one learner and lesson."""

    exercises: Mapping[str, ExerciseProgress]
    started: bool
    handed_in: bool
