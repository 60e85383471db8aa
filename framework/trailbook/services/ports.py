"""What the services need from outside, as protocols. Adapters implement them; tests use the in-memory ones.

Nothing here names a technology. A `UnitOfWork` is one transaction: entered, used, committed on a clean exit,
rolled back on an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from trailbook.domain.course import Course, GradingLimits, InProcess, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.path import Status
from trailbook.domain.problem import Problem as Problem
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.results import GradingResult, TestResult
from trailbook.services.ports_jobs import QueuedJob

Notebook = dict[str, Any]
"""A notebook as parsed JSON (nbformat 4)."""

Result = TypeVar("Result")


# --- records the database keeps -------------------------------------------------------------------------------


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


# --- the database ---------------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class LessonSummary:
    """What the path needs of a released lesson, without its notebooks."""

    number: int
    sha256: str
    exercises: tuple[Exercise, ...]


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

    def received_since(self, learner: str, since: datetime, *, limit: int) -> Sequence[datetime]:
        """Return when a learner's jobs of any course later than this came, newest first."""

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


@dataclass(frozen=True)
class StoredProgress:
    """What is stored of one learner and lesson."""

    exercises: Mapping[str, ExerciseProgress]
    started: bool
    handed_in: bool


class EventLog(Protocol):
    """The append-only log. Ids only grow: who has read up to one never misses an event that gets a smaller one."""

    def append(self, event: Event) -> Event:
        """Add an event and return it with its id."""

    def after(self, event_id: int, *, learner: str | None = None, limit: int = 500) -> Sequence[Event]:
        """Return events with a greater id, oldest first: all, or those of one learner and of no learner (``""``)."""

    def last_id(self) -> int:
        """Return the id of the newest event, 0 before the first."""


class Decisions(Protocol):
    """Unlock decisions, append-only; `latest` is the last one for each lesson."""

    def append(self, decision: Decision) -> None: ...
    def latest(self, learner: str, course: str) -> Mapping[LessonKey, Decision]: ...


# --- the course folder, nbgrader, the worker ------------------------------------------------------------------


@dataclass(frozen=True)
class SourceLesson:
    """A lesson as its author wrote it, or the problems that keep it from being read."""

    key: LessonKey
    notebook: Notebook | None
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()


class CourseFolder(Protocol):
    """One course folder in nbgrader's layout."""

    @property
    def path(self) -> str: ...
    def read_manifest(self) -> tuple[Course | None, Sequence[Problem]]: ...
    def read_lesson(self, key: LessonKey) -> SourceLesson: ...
    def source_lessons(self) -> Sequence[LessonKey]:
        """Return every notebook under `source/`, in the order of names."""

    def write_release(self, key: LessonKey, released: Notebook, files: Mapping[str, bytes]) -> None: ...


class Stripper(Protocol):
    """Makes a learner's notebook out of an author's."""

    def prepare(self, notebook: Notebook, files: Mapping[str, bytes] | None = None) -> Notebook:
        """Return what graders work on: header and footer included, metadata of today's schema, stable cell ids.

        Solutions and hidden tests are still in it. Cell for cell the same as `strip` of the same notebook.

        Parameters
        ----------
        files
            What lies beside the notebook, by relative path: tests that nbgrader writes by running it need them.
        """

    def strip(self, notebook: Notebook, files: Mapping[str, bytes] | None = None) -> Notebook:
        """Return a copy of an author's notebook without solutions, hidden tests and outputs.

        Made with nbgrader's own preprocessors. Raises `ProblemsFound` with everything that keeps it from being made.
        """


class Gradebook(Protocol):
    """One course's nbgrader gradebook and the folders beside it."""

    def register(self, course: Course, versions: Mapping[LessonKey, Notebook]) -> None:
        """Make nbgrader know the assignments, notebooks and cells of these prepared sources; safe to repeat."""

    def write_submission(self, attempt: Attempt, notebook: Notebook, files: Mapping[str, bytes]) -> None:
        """Write `submitted/LEARNER/MODULE/LESSON.ipynb` with its `timestamp.txt`."""

    def write_result(self, attempt: Attempt, exercises: Sequence[Exercise], result: GradingResult) -> None:
        """Write scores to gradebook rows and the executed notebook to `autograded/`; manual scores are kept."""

    def manual_grades(self, since: str) -> tuple[str, Sequence[ManualGrade]]:
        """Return a cursor and the manual scores and comments that changed since the cursor (all for ``""``)."""


@dataclass(frozen=True)
class ManualGrade:
    """A person's score and comment on one cell, as the gradebook has it; ``score`` None means not yet scored.

    ``needs_review`` says that the learner handed in again since, and a person is to look once more.
    """

    learner: str
    lesson: LessonKey
    grade_id: str
    score: float | None
    max_score: float
    comment: str
    needs_review: bool = False


OnTest = Callable[[TestResult], None]
"""Told of each test as it ends, in the order they run, from the thread that grades."""


@dataclass(frozen=True)
class LessonToGrade:
    """All a grading needs of a lesson, the same for every learner.

    Attributes
    ----------
    source, released
        The lesson with and without solutions and hidden tests. An answer cell without an answer counts as released;
        messages quote only what is released.
    contract
        What `Grader.record` returned for this lesson at its release; empty where it was never recorded: then it is
        recorded now and kept as long as the grader lives.
    packages
        Top-level packages an answer may import, by ``grade_id`` of its cell; one that is not there may import any.
    data
        Folders of this machine that the code can read under the given relative path and cannot change.
    """

    source: Notebook
    released: Notebook
    files: Mapping[str, bytes]
    limits: GradingLimits = field(default_factory=GradingLimits)
    contract: Mapping[str, Any] = field(default_factory=dict)
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """How the reference solution and the blank start came out, and what the reference showed of every test.

    Attributes
    ----------
    contract
        Plain JSON values; only the grader that made it reads it.
    reference, blank
        Results of the author's solution and of the notebook as learners get it.
    apart
        ``grade_id`` of the test cells that give the reference the same points apart from its process as within it.
    in_process
        Test cells that run within the learner's process.
    why_not_apart
        For each test cell that does not work apart, a sentence for the author.
    trusts
        For test cells whose verdict depends on methods of the learner's objects, those methods.
    """

    contract: Mapping[str, Any]
    reference: GradingResult
    blank: GradingResult
    apart: tuple[str, ...]
    in_process: tuple[str, ...]
    why_not_apart: Mapping[str, str] = field(default_factory=dict)
    trusts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Grader(Protocol):
    """Grades one lesson of one learner. A pure function of its arguments and the environment: safe to repeat."""

    def grade(
        self,
        lesson: LessonToGrade,
        answers: Mapping[str, str],
        *,
        only: Sequence[str] = (),
        seed: str = "",
        on_test: OnTest | None = None,
    ) -> GradingResult:
        """Return the result of running the lesson rebuilt from its source with these answers in it.

        Parameters
        ----------
        only
            ``grade_id`` of the test cells whose results are wanted; the run may end after the last of them. All
            when empty.
        seed
            What randomised inputs are drawn from: the same seed draws the same. The attempt's id.

        Raises
        ------
        Unavailable
            The grading itself failed (``grading_failed``, ``no_sandbox``), which says nothing about the answers.
        """

    def record(self, lesson: LessonToGrade, *, declared: Sequence[str], rule: InProcess) -> Recording:
        """Run the reference solution and the blank start, and return how they came out and the contract.

        Parameters
        ----------
        declared
            ``grade_id`` of the test cells the author lets run within the learner's process.
        rule
            Whether others may, where the reference needs it.
        """


class JobQueue(Protocol):
    """Brings attempts to workers, off the web process."""

    def dispatch(self, attempt_id: str) -> None: ...


class LiveEvents(Protocol):
    """Tells listeners that something happened, after the transaction that made it."""

    def publish(self, events: Iterable[Event]) -> None: ...


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def __call__(self) -> datetime: ...


class NewId(Protocol):
    """Makes an identifier nobody can guess."""

    def __call__(self) -> str: ...
