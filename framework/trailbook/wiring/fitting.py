"""Joins fitting to the database and to logs from elsewhere, for `trailbook fit`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from trailbook.adapters.logs import CsvLog
from trailbook.adapters.storage import SqlStorage, open_storage
from trailbook.adapters.storage.database import SqlUnitOfWork
from trailbook.config import load_settings
from trailbook.domain.course import Course, MasteryRules
from trailbook.domain.errors import NotFound, Unavailable
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.protocol import Answer
from trailbook.services.change_model import apply_proposal, model_in_use, undo_model
from trailbook.services.decide import update_path
from trailbook.services.evaluate_model import AnswersOf
from trailbook.services.fit_model import Proposal, propose
from trailbook.services.learner_models import LearnerModels
from trailbook.services.path_changes import InUse, PathChange, Paths, changes_between, paths_of
from trailbook.services.ports.models import ModelVersion
from trailbook.services.standing import standing_of

if TYPE_CHECKING:
    from trailbook.services.ports.fitting import Fitter


class CourseFitting:
    """One course's learner model, in the database of the settings.

    Parameters
    ----------
    course
        As its folder has it; where the database knows the course, that is what counts.
    """

    def __init__(self, course: Course, env: Mapping[str, str]) -> None:
        self._storage: SqlStorage = open_storage(load_settings(env=env).database)
        with self._storage(read_only=True) as work:
            released = work.courses.find(course.name)
        self.is_released = released is not None
        self.course = released or course

    def close(self) -> None:
        """Close the database."""
        self._storage.close()

    def fit(self, log: CsvLog | None, *, model: str | None, report: Callable[[int], None]) -> Proposal:
        """Fit on a log, or on the course's own answers where none is given; see `services.fit_model.propose`."""
        fitter = _fitter()
        if log is None:
            self._refuse_unreleased()
        answers_of = self._own_answers() if log is None else log.answers
        running = self._running()
        return propose(fitter, answers_of, running=running, model=model or running.model, report=report)

    def changes(self, fitted: Fitted) -> list[PathChange] | None:
        """Return what a model would change on learners' paths; None where nobody's path is known."""
        if not self.is_released:
            return None
        now = datetime.now(UTC)
        with self._storage(read_only=True) as work:
            latest = work.models.latest(self.course.name)
            number = latest.number + 1 if latest else 1
            then = InUse(ModelVersion(self.course.name, number, fitted, None, "", "", now))
            before = self._paths(work, now)
            ahead = replace(work, models=then, learner_models=LearnerModels())
            return changes_between(before, self._paths(ahead, now))

    def apply(self, proposal: Proposal, *, by: str) -> ModelVersion:
        """Put a fitted model in place; see `services.change_model.apply_proposal`."""
        self._refuse_unreleased()
        with self._storage() as work:
            version = apply_proposal(work, self.course.name, proposal, by=by, now=datetime.now(UTC))
        self._decide_anew()
        return version

    def undo(self, *, by: str) -> ModelVersion:
        """Go back to the model before; see `services.change_model.undo_model`."""
        self._refuse_unreleased()
        with self._storage() as work:
            version = undo_model(work, self.course.name, by=by, now=datetime.now(UTC))
        self._decide_anew()
        return version

    def _decide_anew(self) -> None:
        """Note what changed on every learner's path; a transaction each, so that nobody who learns now waits for it."""
        with self._storage(read_only=True) as work:
            learners = work.progress.learners(self.course.name)
            for learner in learners[:1]:  # the log is replayed here, where no writer waits for it
                standing_of(work, self.course, learner, now=datetime.now(UTC))
        for learner in learners:
            with self._storage() as work:
                update_path(work, self.course, learner, datetime.now(UTC))

    def _running(self) -> Fitted:
        with self._storage(read_only=True) as work:
            return model_in_use(work, self.course.name, (self.course.mastery or MasteryRules()).model)

    def _own_answers(self) -> AnswersOf:
        with self._storage(read_only=True) as work:
            log = LearnerModels().answers(work, self.course, now=datetime.now(UTC))

        def answers_of(wanted: Callable[[str], bool]) -> Iterable[Answer]:
            return (answer for answer in log if wanted(answer.learner))

        return answers_of

    def _paths(self, work: SqlUnitOfWork, now: datetime) -> Paths:
        return paths_of(work, self.course, lambda learner: standing_of(work, self.course, learner, now=now).statuses)

    def _refuse_unreleased(self) -> None:
        if not self.is_released:
            raise NotFound(
                "not_released",
                f"The database knows no course {self.course.name}: nobody has learned in it. "
                "Release it first, or name a log to try on with --log.",
                course=self.course.name,
            )


def _fitter() -> Fitter:
    try:
        from trailbook.adapters.fitting import NumpyFitter
    except ModuleNotFoundError as error:
        raise Unavailable(
            "no_fit_packages",
            f"Fitting needs {error.name}, which is not installed. Install it with: pip install 'trailbook[fit]'",
        ) from error
    return NumpyFitter()
