"""Transactions. One writes at a time, on SQLite and on PostgreSQL; readers never wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from trailbook.adapters.storage.activity import SqlActivity
from trailbook.adapters.storage.attempts import SqlAttempts
from trailbook.adapters.storage.blobs import SqlBlobs
from trailbook.adapters.storage.choices import SqlChoices
from trailbook.adapters.storage.engine import READ_ONLY, unavailable_when_down, wait_for_writers, writers_turn
from trailbook.adapters.storage.graded import SqlGradedAnswers
from trailbook.adapters.storage.group_commit import GroupCommit
from trailbook.adapters.storage.learners import SqlDecisions, SqlEventLog, SqlProgress
from trailbook.adapters.storage.lessons import SqlCourses, SqlVersions
from trailbook.adapters.storage.models import SqlModelVersions
from trailbook.adapters.storage.overrides import SqlOverrides
from trailbook.adapters.storage.sittings import SqlPreferences, SqlSittings
from trailbook.services.learner_models import LearnerModels
from trailbook.services.ports import Result
from trailbook.services.ports.models import ModelVersions


@dataclass(frozen=True)
class SqlUnitOfWork:
    """One transaction; see `trailbook.services.ports.UnitOfWork`."""

    courses: SqlCourses
    versions: SqlVersions
    attempts: SqlAttempts
    progress: SqlProgress
    events: SqlEventLog
    decisions: SqlDecisions
    overrides: SqlOverrides
    activity: SqlActivity
    models: ModelVersions
    choices: SqlChoices
    graded: SqlGradedAnswers
    learner_models: LearnerModels
    sittings: SqlSittings
    preferences: SqlPreferences


class SqlStorage:
    """The database behind an engine; see `trailbook.services.ports.Storage`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = Lock()
        self.blobs = SqlBlobs(engine)
        self.learner_models = LearnerModels()
        self._group_commit: GroupCommit[SqlUnitOfWork] = GroupCommit(self)

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[SqlUnitOfWork]:
        """Begin a transaction; `Unavailable` when the database does not answer, or not in time."""
        return self._transaction(read_only=read_only)

    def together(self, act: Callable[[SqlUnitOfWork], Result]) -> Future[Result]:
        """Act in a transaction that others may share; see `Storage.together`."""
        return self._group_commit.submit(act)

    def close(self) -> None:
        """Close every connection."""
        self._group_commit.close()
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, read_only: bool) -> Iterator[SqlUnitOfWork]:
        with (
            nullcontext() if read_only else writers_turn(self._writing),
            nullcontext() if read_only else self.learner_models.forgetting_what_is_undone(),
            unavailable_when_down(),
            Session(self._engine) as session,
            session.begin(),
        ):
            if self._engine.dialect.name == "sqlite":
                session.connection(execution_options={READ_ONLY: read_only})
            elif read_only:
                session.connection(
                    execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                )
            else:
                wait_for_writers(session.connection())
            yield SqlUnitOfWork(
                SqlCourses(session),
                SqlVersions(session),
                SqlAttempts(session),
                SqlProgress(session),
                SqlEventLog(session),
                SqlDecisions(session),
                SqlOverrides(session),
                SqlActivity(session),
                SqlModelVersions(session),
                SqlChoices(session),
                SqlGradedAnswers(session),
                self.learner_models,
                SqlSittings(session),
                SqlPreferences(session),
            )
