"""The database, as protocols.

A `UnitOfWork` is one transaction: entered, used, committed on a clean exit, rolled back on an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.results import GradingResult
from trailbook.services.learner_models import LearnerModels
from trailbook.services.ports.activity import Activity
from trailbook.services.ports.choices import Choices
from trailbook.services.ports.graded import GradedAnswers
from trailbook.services.ports.jobs import QueuedJob
from trailbook.services.ports.models import ModelVersions
from trailbook.services.ports.overrides import Overrides
from trailbook.services.ports.records import (
    Attempt,
    Decision,
    Event,
    JobStatus,
    LessonSummary,
    LessonVersion,
    PastResult,
    StoredProgress,
)
from trailbook.services.ports.sittings import PreferencesTable, Sittings

Result = TypeVar("Result")


class Storage(Protocol):
    """The database. ``with storage() as work:`` is one transaction.

    Writing transactions are as if one ran after the other: what one has read, no other changes before it ends.
    ``storage(read_only=True)`` sees one state of the database, waits for no writer, and cannot write.
    """

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[UnitOfWork]: ...
    def together(self, act: Callable[[UnitOfWork], Result]) -> Future[Result]:
        """Return what will have the act's result, after a writing transaction shared with others of the same moment.

        An act sees what those before it wrote. It may refuse with a `CourseError` as long as it has written nothing;
        whatever else it raises undoes what it wrote, and nothing of the others. It may be called again after its
        writes were undone, so it changes nothing but the database.
        """


class UnitOfWork(Protocol):
    """One transaction's view of the database."""

    @property
    def courses(self) -> Courses: ...
    @property
    def versions(self) -> Versions: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def progress(self) -> ProgressTable: ...
    @property
    def events(self) -> EventLog: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def overrides(self) -> Overrides: ...
    @property
    def activity(self) -> Activity: ...
    @property
    def models(self) -> ModelVersions: ...
    @property
    def choices(self) -> Choices: ...
    @property
    def graded(self) -> GradedAnswers: ...
    @property
    def learner_models(self) -> LearnerModels:
        """The live models, which are no rows but follow them: an undone transaction makes them anew."""

    @property
    def sittings(self) -> Sittings: ...
    @property
    def preferences(self) -> PreferencesTable: ...


class Courses(Protocol):
    """The courses as last released or adopted."""

    def put(self, course: Course) -> None: ...
    def find(self, name: str) -> Course | None: ...
    def all(self) -> Sequence[Course]: ...


class Versions(Protocol):
    """Released lessons, append-only."""

    def add(self, version: LessonVersion) -> None: ...
    def find_latest(self, course: str, lesson: LessonKey) -> LessonVersion | None: ...
    def find(self, course: str, lesson: LessonKey, number: int) -> LessonVersion | None: ...
    def find_summary(self, course: str, lesson: LessonKey, number: int | None = None) -> LessonSummary | None:
        """Return a release without its notebooks, the newest when no number is given."""

    def latest_of_course(self, course: str) -> Mapping[LessonKey, LessonSummary]: ...


class Attempts(Protocol):
    """Attempts and submissions; each is its own grading job.

    Only `find` returns a result with its executed notebook, which is large.
    """

    def add(self, attempt: Attempt) -> None:
        """Add a new attempt; raises `Conflict` when the learner used its key before."""

    def find(self, attempt_id: str) -> Attempt | None: ...
    def find_by_key(self, learner: str, key: str) -> Attempt | None: ...
    def lease(self, attempt_id: str, *, now: datetime, until: datetime) -> Attempt | None:
        """Take a queued job, or one whose lease ran out, count a try, and return it; None when another has it."""

    def finish(self, attempt_id: str, status: JobStatus, result: GradingResult, *, now: datetime) -> None:
        """Store how a job ended, and keep it in the history that nothing changes."""

    def results(self, attempt_id: str) -> Sequence[PastResult]:
        """Return every result there was of a job, oldest first."""

    def requeue(self, attempt_id: str) -> None: ...
    def requeue_running(self) -> Sequence[str]:
        """Give every job back that runs, whatever its lease says, and return their ids."""

    def renew(self, attempt_id: str, *, tries: int, until: datetime) -> bool:
        """Hold a running job until then; False when this try is no longer the one that runs."""

    def queued(
        self, *, now: datetime, limit: int, courses: Collection[str] | None = None, other_than: Collection[str] = ()
    ) -> Sequence[QueuedJob]:
        """Return waiting jobs of these courses (None: of all) but not of those others, the most urgent first."""

    def find_queued(self, attempt_id: str, *, now: datetime) -> QueuedJob | None:
        """Return a job if it waits for a worker now."""

    def count_queued(self, *, limit: int) -> int:
        """Return how many jobs are queued; it counts no further than the limit."""

    def waiting(self, *, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return queued jobs and jobs whose lease ran out, oldest first."""

    def mark_recorded(self, attempt_id: str, *, now: datetime) -> None:
        """Note that the gradebook has what there is to have of an ended job."""

    def unrecorded(self, *, limit: int) -> Sequence[Attempt]:
        """Return ended jobs that the gradebook may not have, oldest first."""

    def of_learner(self, learner: str, course: str, lesson: LessonKey) -> Sequence[Attempt]:
        """Return a learner's attempts of a lesson, oldest first."""

    def received_nth(self, learner: str, nth: int, *, since: datetime) -> datetime | None:
        """Return when the ``nth`` newest (≥ 1) of a learner's jobs came, of any course; None if not after ``since``."""

    def latest_graded(
        self, learner: str, course: str, lesson: LessonKey, *, exercise: str, limit: int
    ) -> Sequence[tuple[datetime, GradingResult]]:
        """Return when a learner's latest graded attempts at an exercise came, and their results, newest first."""


class ProgressTable(Protocol):
    """Where each learner stands; a projection of the log that can be rebuilt."""

    def of_learner(self, learner: str, course: str) -> Mapping[LessonKey, StoredProgress]: ...
    def put_exercise(self, learner: str, course: str, lesson: LessonKey, exercise: ExerciseProgress) -> None: ...
    def is_started(self, learner: str, course: str, lesson: LessonKey) -> bool: ...
    def mark_started(self, learner: str, course: str, lesson: LessonKey) -> bool:
        """Note that the lesson was opened; True the first time."""

    def mark_handed_in(self, learner: str, course: str, lesson: LessonKey) -> None: ...
    def learners(self, course: str) -> Sequence[str]: ...


class EventLog(Protocol):
    """The append-only log. Ids only grow: who has read up to one never misses an event that gets a smaller one."""

    def append(self, event: Event) -> Event:
        """Add an event and return it with its id."""

    def after(self, event_id: int, *, learner: str | None = None, limit: int = 500) -> Sequence[Event]:
        """Return events with a greater id, oldest first: all, or those of one learner and of no learner (``""``)."""

    def of_course(self, course: str, *, kinds: Collection[str], after: int = 0) -> Sequence[Event]:
        """Return the events of a course of these kinds with a greater id, oldest first."""

    def last_id(self) -> int:
        """Return the id of the newest event, 0 before the first."""


class Decisions(Protocol):
    """Unlock decisions, append-only; `latest` is the last one for each lesson."""

    def append(self, decision: Decision) -> None: ...
    def latest(self, learner: str, course: str) -> Mapping[LessonKey, Decision]: ...
