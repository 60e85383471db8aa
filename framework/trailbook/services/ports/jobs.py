"""Grading jobs on their way to a worker: how urgent they are, and where they can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

DEFAULT_ENVIRONMENT = "default"
"""Where a course is graded that names no environment of its own."""


class Priority(IntEnum):
    """How urgent a job is; the smaller goes first."""

    ANSWER = 0  # a learner looks at the page and waits
    HAND_IN = 1  # a learner waits, and has gone on
    REGRADE = 2  # it had a result before


@dataclass(frozen=True)
class QueuedJob:
    """What there is to know of a job that waits, to bring it to a worker."""

    id: str
    course: str
    priority: Priority


class Pool(Protocol):
    """Workers, of this process or of a cluster."""

    def places(self) -> Mapping[str, int]:
        """Return how many gradings can run at the same time in each environment; one that nobody offers is missing."""

    def start(self, job: QueuedJob, environment: str, ended: Callable[[], None]) -> None:
        """Have the job graded, before all that were handed over with a later priority and did not begin yet.

        ``ended`` is called once, from any thread, when the job is no longer under way, however it ended.
        """


class Waits(Protocol):
    """Says why the jobs of a course do not begin."""

    def __call__(self, course: str) -> str:
        """Return a sentence for the learner, "" when nothing but other jobs is in the way."""
