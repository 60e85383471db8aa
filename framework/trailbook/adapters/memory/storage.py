"""Transactions on plain dictionaries: a writer works on a copy that takes the place of the original at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from trailbook.adapters.memory.activity import MemoryActivity
from trailbook.adapters.memory.blobs import MemoryBlobs
from trailbook.adapters.memory.choices import MemoryChoices
from trailbook.adapters.memory.graded import MemoryGradedAnswers
from trailbook.adapters.memory.models import MemoryModelVersions
from trailbook.adapters.memory.overrides import MemoryOverrides
from trailbook.adapters.memory.sittings import MemoryPreferences, MemorySittings
from trailbook.domain.course import Course, LessonKey
from trailbook.domain.errors import Conflict
from trailbook.domain.overrides import OverrideEntry
from trailbook.domain.preferences import Preferences
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.results import GradingResult
from trailbook.domain.sittings import Sitting
from trailbook.services.learner_models import LearnerModels
from trailbook.services.ports import (
    Attempt,
    Decision,
    Event,
    JobKind,
    JobStatus,
    LessonSummary,
    LessonVersion,
    PastResult,
    Result,
    StoredProgress,
)
from trailbook.services.ports.choices import Choice
from trailbook.services.ports.jobs import Priority, QueuedJob
from trailbook.services.ports.models import ModelVersion

NOTHING = StoredProgress({}, started=False, handed_in=False)


@dataclass
class Tables:
    """Everything stored; the values are immutable, so a copy of the dictionaries is a copy of all."""

    courses: dict[str, Course] = field(default_factory=dict)
    versions: dict[tuple[str, LessonKey], tuple[LessonVersion, ...]] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    results: dict[str, tuple[PastResult, ...]] = field(default_factory=dict)
    graded: tuple[tuple[str, PastResult], ...] = ()
    progress: dict[tuple[str, str], dict[LessonKey, StoredProgress]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    choices: dict[tuple[str, str], tuple[Choice, ...]] = field(default_factory=dict)
    overrides: tuple[OverrideEntry, ...] = ()
    models: dict[str, tuple[ModelVersion, ...]] = field(default_factory=dict)
    sittings: dict[str, Sitting] = field(default_factory=dict)
    preferences: dict[tuple[str, str], Preferences] = field(default_factory=dict)

    def copy(self) -> Tables:
        """Return an independent copy."""
        return Tables(
            dict(self.courses),
            dict(self.versions),
            dict(self.attempts),
            dict(self.results),
            self.graded,
            {key: dict(lessons) for key, lessons in self.progress.items()},
            self.events,
            self.decisions,
            dict(self.choices),
            self.overrides,
            dict(self.models),
            dict(self.sittings),
            dict(self.preferences),
        )


class MemoryStorage:
    """See `trailbook.services.ports.Storage`."""

    def __init__(self) -> None:
        self._tables = Tables()
        self.blobs = MemoryBlobs()
        self.learner_models = LearnerModels()
        self._writer = threading.Lock()

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[MemoryUnitOfWork]:
        """Begin a transaction."""
        return self._read() if read_only else self._write()

    def together(self, act: Callable[[MemoryUnitOfWork], Result]) -> Future[Result]:
        """Act in a transaction of its own, at once."""
        future: Future[Result] = Future()
        try:
            with self() as work:
                result = act(work)
        except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
            future.set_exception(error)
        else:
            future.set_result(result)
        return future

    def close(self) -> None:
        """Nothing is held."""

    @contextmanager
    def _read(self) -> Iterator[MemoryUnitOfWork]:
        yield MemoryUnitOfWork.on(self._tables.copy(), self.learner_models)

    @contextmanager
    def _write(self) -> Iterator[MemoryUnitOfWork]:
        with self._writer:
            tables = self._tables.copy()
            with self.learner_models.forgetting_what_is_undone():
                yield MemoryUnitOfWork.on(tables, self.learner_models)
            self._tables = tables


@dataclass(frozen=True)
class MemoryUnitOfWork:
    """One transaction; see `trailbook.services.ports.UnitOfWork`."""

    courses: MemoryCourses
    versions: MemoryVersions
    attempts: MemoryAttempts
    progress: MemoryProgress
    events: MemoryEventLog
    decisions: MemoryDecisions
    overrides: MemoryOverrides
    activity: MemoryActivity
    models: MemoryModelVersions
    choices: MemoryChoices
    graded: MemoryGradedAnswers
    learner_models: LearnerModels
    sittings: MemorySittings
    preferences: MemoryPreferences

    @classmethod
    def on(cls, tables: Tables, learner_models: LearnerModels) -> MemoryUnitOfWork:
        """Return a transaction that reads and changes these tables."""
        return cls(
            MemoryCourses(tables),
            MemoryVersions(tables),
            MemoryAttempts(tables),
            MemoryProgress(tables),
            MemoryEventLog(tables),
            MemoryDecisions(tables),
            MemoryOverrides(tables),
            MemoryActivity(tables),
            MemoryModelVersions(tables.models),
            MemoryChoices(tables.choices),
            MemoryGradedAnswers(tables),
            learner_models,
            MemorySittings(tables.sittings),
            MemoryPreferences(tables.preferences),
        )


@dataclass(frozen=True)
class MemoryCourses:
    """See `trailbook.services.ports.Courses`."""

    tables: Tables

    def put(self, course: Course) -> None:
        """Store the course, in place of an older state of it."""
        self.tables.courses[course.name] = course

    def find(self, name: str) -> Course | None:
        """Return the course with this name, or None."""
        return self.tables.courses.get(name)

    def all(self) -> Sequence[Course]:
        """Return every course in the order of names."""
        return [self.tables.courses[name] for name in sorted(self.tables.courses)]


@dataclass(frozen=True)
class MemoryVersions:
    """See `trailbook.services.ports.Versions`."""

    tables: Tables

    def add(self, version: LessonVersion) -> None:
        """Add a release with its files."""
        key = (version.course, version.lesson)
        self.tables.versions[key] = (*self.tables.versions.get(key, ()), version)

    def find_latest(self, course: str, lesson: LessonKey) -> LessonVersion | None:
        """Return the newest release of the lesson, or None."""
        return next(reversed(self.tables.versions.get((course, lesson), ())), None)

    def find(self, course: str, lesson: LessonKey, number: int) -> LessonVersion | None:
        """Return the release with this number, or None."""
        return next((each for each in self.tables.versions.get((course, lesson), ()) if each.number == number), None)

    def find_summary(self, course: str, lesson: LessonKey, number: int | None = None) -> LessonSummary | None:
        """Return a release without its notebooks, the newest when no number is given."""
        found = self.find_latest(course, lesson) if number is None else self.find(course, lesson, number)
        return LessonSummary(found.number, found.sha256, found.exercises) if found else None

    def latest_of_course(self, course: str) -> Mapping[LessonKey, LessonSummary]:
        """Return what the path needs of each released lesson."""
        return {
            lesson: LessonSummary(versions[-1].number, versions[-1].sha256, versions[-1].exercises)
            for (name, lesson), versions in self.tables.versions.items()
            if name == course
        }


@dataclass(frozen=True)
class MemoryAttempts:
    """See `trailbook.services.ports.Attempts`."""

    tables: Tables

    def add(self, attempt: Attempt) -> None:
        """Add a new attempt; `Conflict` (``key_reused``) when the learner used its key before."""
        if self.find_by_key(attempt.learner, attempt.key) is not None:
            raise Conflict("key_reused", "This was sent before. Reload the page and send it again.")
        self.tables.attempts[attempt.id] = attempt

    def find(self, attempt_id: str) -> Attempt | None:
        """Return the attempt with this id, or None."""
        return self.tables.attempts.get(attempt_id)

    def find_by_key(self, learner: str, key: str) -> Attempt | None:
        """Return the attempt a learner sent with this key, or None."""
        return next((each for each in self._light() if (each.learner, each.key) == (learner, key)), None)

    def lease(self, attempt_id: str, *, now: datetime, until: datetime) -> Attempt | None:
        """Take a queued job, or one whose lease ran out, count a try, and return it; None when another has it."""
        attempt = self.find(attempt_id)
        if attempt is None or not _is_waiting(attempt, now):
            return None
        taken = replace(attempt, status=JobStatus.RUNNING, tries=attempt.tries + 1, lease_until=until)
        self.tables.attempts[attempt_id] = taken
        return taken

    def finish(self, attempt_id: str, status: JobStatus, result: GradingResult, *, now: datetime) -> None:
        """Store how a job ended, and keep it in the history."""
        attempt = self.tables.attempts[attempt_id]
        self.tables.attempts[attempt_id] = replace(
            attempt, status=status, result=result, graded_at=now, lease_until=None
        )
        past = PastResult(attempt.tries, replace(result, autograded=""), now)
        self.tables.results[attempt_id] = (*self.results(attempt_id), past)
        self.tables.graded = (*self.tables.graded, (attempt_id, past))

    def results(self, attempt_id: str) -> Sequence[PastResult]:
        """Return every result there was of a job, oldest first, without executed notebooks."""
        return list(self.tables.results.get(attempt_id, ()))

    def requeue(self, attempt_id: str) -> None:
        """Give a job back, to be taken again."""
        attempt = self.tables.attempts[attempt_id]
        self.tables.attempts[attempt_id] = replace(attempt, status=JobStatus.QUEUED, lease_until=None)

    def mark_recorded(self, attempt_id: str, *, now: datetime) -> None:
        """Note that the gradebook has what there is to have of an ended job."""
        self.tables.attempts[attempt_id] = replace(self.tables.attempts[attempt_id], recorded_at=now)

    def unrecorded(self, *, limit: int) -> Sequence[Attempt]:
        """Return ended jobs that the gradebook may not have, oldest first."""
        ended = (JobStatus.DONE, JobStatus.FAILED)
        found = [each for each in self._light() if each.status in ended and each.recorded_at is None]
        return found[:limit]

    def requeue_running(self) -> Sequence[str]:
        """Give every job back that runs, whatever its lease says, and return their ids."""
        running = [each.id for each in self.tables.attempts.values() if each.status is JobStatus.RUNNING]
        for attempt_id in running:
            self.requeue(attempt_id)
        return running

    def renew(self, attempt_id: str, *, tries: int, until: datetime) -> bool:
        """Hold a running job until then; False when this try is no longer the one that runs."""
        attempt = self.find(attempt_id)
        if attempt is None or (attempt.status, attempt.tries) != (JobStatus.RUNNING, tries):
            return False
        self.tables.attempts[attempt_id] = replace(attempt, lease_until=until)
        return True

    def queued(
        self, *, now: datetime, limit: int, courses: Collection[str] | None = None, other_than: Collection[str] = ()
    ) -> Sequence[QueuedJob]:
        """Return waiting jobs of these courses but not of those others, the most urgent first."""
        jobs = [
            QueuedJob(each.id, each.course, _priority(each))
            for each in self._light()
            if _is_waiting(each, now) and (courses is None or each.course in courses) and each.course not in other_than
        ]
        return sorted(jobs, key=lambda job: job.priority)[:limit]

    def find_queued(self, attempt_id: str, *, now: datetime) -> QueuedJob | None:
        """Return a job if it waits for a worker now."""
        attempt = self.find(attempt_id)
        if attempt is None or not _is_waiting(attempt, now):
            return None
        return QueuedJob(attempt.id, attempt.course, _priority(attempt))

    def count_queued(self, *, limit: int) -> int:
        """Return how many jobs are queued; it counts no further than the limit."""
        return min(limit, sum(each.status is JobStatus.QUEUED for each in self.tables.attempts.values()))

    def waiting(self, *, now: datetime, limit: int) -> Sequence[Attempt]:
        """Return queued jobs and jobs whose lease ran out, oldest first."""
        return [each for each in self._light() if _is_waiting(each, now)][:limit]

    def of_learner(self, learner: str, course: str, lesson: LessonKey) -> Sequence[Attempt]:
        """Return a learner's attempts of a lesson, oldest first."""
        wanted = (learner, course, lesson)
        return [each for each in self._light() if (each.learner, each.course, each.lesson) == wanted]

    def received_nth(self, learner: str, nth: int, *, since: datetime) -> datetime | None:
        """Return when the ``nth`` newest (≥ 1) of a learner's jobs came, of any course; None if not after ``since``."""
        times = [each.created_at for each in self._light() if each.learner == learner and each.created_at > since]
        return sorted(times, reverse=True)[nth - 1] if len(times) >= nth else None

    def latest_graded(
        self, learner: str, course: str, lesson: LessonKey, *, exercise: str, limit: int
    ) -> Sequence[tuple[datetime, GradingResult]]:
        """Return when a learner's latest graded attempts at an exercise came, and their results, newest first."""
        mine = [each for each in self.of_learner(learner, course, lesson) if each.exercise == exercise]
        return [(each.created_at, each.result) for each in reversed(mine) if each.result][:limit]

    def _light(self) -> Iterator[Attempt]:
        """Yield every attempt, oldest first, without its executed notebook."""
        for each in self.tables.attempts.values():
            yield replace(each, result=replace(each.result, autograded="")) if each.result else each


@dataclass(frozen=True)
class MemoryProgress:
    """See `trailbook.services.ports.ProgressTable`."""

    tables: Tables

    def of_learner(self, learner: str, course: str) -> Mapping[LessonKey, StoredProgress]:
        """Return all that is stored of a learner in a course, by lesson."""
        return dict(self.tables.progress.get((course, learner), {}))

    def put_exercise(self, learner: str, course: str, lesson: LessonKey, exercise: ExerciseProgress) -> None:
        """Store a learner's standing on an exercise, in place of the one before."""
        before = self._find(learner, course, lesson)
        exercises = {**before.exercises, exercise.exercise: exercise}
        self._put(learner, course, lesson, replace(before, exercises=exercises))

    def is_started(self, learner: str, course: str, lesson: LessonKey) -> bool:
        """Return whether the lesson was opened."""
        return self._find(learner, course, lesson).started

    def mark_started(self, learner: str, course: str, lesson: LessonKey) -> bool:
        """Note that the lesson was opened; True the first time."""
        before = self._find(learner, course, lesson)
        self._put(learner, course, lesson, replace(before, started=True))
        return not before.started

    def mark_handed_in(self, learner: str, course: str, lesson: LessonKey) -> None:
        """Note that the lesson was handed in."""
        self._put(learner, course, lesson, replace(self._find(learner, course, lesson), handed_in=True))

    def learners(self, course: str) -> Sequence[str]:
        """Return everyone with progress in the course, in the order of names."""
        return sorted(learner for name, learner in self.tables.progress if name == course)

    def _find(self, learner: str, course: str, lesson: LessonKey) -> StoredProgress:
        return self.of_learner(learner, course).get(lesson, NOTHING)

    def _put(self, learner: str, course: str, lesson: LessonKey, progress: StoredProgress) -> None:
        self.tables.progress.setdefault((course, learner), {})[lesson] = progress


@dataclass(frozen=True)
class MemoryEventLog:
    """See `trailbook.services.ports.EventLog`."""

    tables: Tables

    def append(self, event: Event) -> Event:
        """Add an event and return it with its id."""
        event = replace(event, id=len(self.tables.events) + 1)
        self.tables.events = (*self.tables.events, event)
        return event

    def after(self, event_id: int, *, learner: str | None = None, limit: int = 500) -> Sequence[Event]:
        """Return events with a greater id, oldest first: all, or those of one learner and of no learner."""
        later = self.tables.events[event_id:]
        return [event for event in later if learner is None or event.learner in (learner, "")][:limit]

    def of_course(self, course: str, *, kinds: Collection[str], after: int = 0) -> Sequence[Event]:
        """Return the events of a course of these kinds with a greater id, oldest first."""
        return [event for event in self.tables.events[after:] if event.course == course and event.kind in kinds]

    def last_id(self) -> int:
        """Return the id of the newest event, 0 before the first."""
        return len(self.tables.events)


@dataclass(frozen=True)
class MemoryDecisions:
    """See `trailbook.services.ports.Decisions`."""

    tables: Tables

    def append(self, decision: Decision) -> None:
        """Add a decision."""
        self.tables.decisions = (*self.tables.decisions, decision)

    def latest(self, learner: str, course: str) -> Mapping[LessonKey, Decision]:
        """Return the last decision on each lesson of a learner."""
        return {each.lesson: each for each in self.tables.decisions if (each.learner, each.course) == (learner, course)}


def _priority(attempt: Attempt) -> Priority:
    if attempt.graded_at is not None:
        return Priority.REGRADE
    return Priority.HAND_IN if attempt.kind is JobKind.SUBMISSION else Priority.ANSWER


def _is_waiting(attempt: Attempt, now: datetime) -> bool:
    ran_out = attempt.lease_until is not None and attempt.lease_until <= now
    return attempt.status is JobStatus.QUEUED or (attempt.status is JobStatus.RUNNING and ran_out)
