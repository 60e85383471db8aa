"""What travels between the course service and a worker of its cluster: values, and nothing that needs a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from distributed import get_worker

from trailbook.domain.course import GradingLimits, InProcess
from trailbook.domain.results import GradingResult
from trailbook.services.ports import Recording


@dataclass(frozen=True)
class GradeTask:
    """One grading, or one recording of how the reference solution fares.

    Attributes
    ----------
    lesson
        sha256 of the lesson; see `trailbook.adapters.dask.content`.
    pieces
        Pieces of the lesson that the worker said it lacks.
    declared, rule
        Of a recording; see `trailbook.services.ports.Grader.record`. ``rule`` is None for a grading.
    topic, number
        Where the worker tells of the start and of each test, and the number it tells it under.
    """

    lesson: str
    answers: Mapping[str, str]
    limits: GradingLimits
    packages: Mapping[str, tuple[str, ...]]
    only: tuple[str, ...] = ()
    seed: str = ""
    declared: tuple[str, ...] = ()
    rule: InProcess | None = None
    topic: str = ""
    number: int = 0
    pieces: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Lacking:
    """The worker does not have these pieces of the lesson, and knows no place to fetch them from."""

    pieces: tuple[str, ...]
    worker: str


@dataclass(frozen=True)
class Fault:
    """The grading itself failed; see `trailbook.domain.errors.Unavailable`."""

    code: str
    message: str


Outcome = GradingResult | Recording | Lacking | Fault


def environment_resource(environment: str) -> str:
    """Return the name of the Dask resource by which a worker offers an environment."""
    return f"env:{environment}"


def run_task(task: GradeTask) -> Outcome:
    """Grade, in a thread of a worker that `trailbook worker` started."""
    worker: Any = get_worker()
    outcome: Outcome = worker.grades.run(task, tell=lambda news: worker.log_event(task.topic, news), me=worker.address)
    return outcome
