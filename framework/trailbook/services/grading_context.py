"""What the use cases around grading jobs work with, joined once at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trailbook.domain.course import Course
from trailbook.services.arrivals import Arrivals
from trailbook.services.leases import Leases
from trailbook.services.ports import Clock, Gradebook, Grader, LiveEvents, Storage
from trailbook.services.recorder import Recorder


@dataclass(frozen=True)
class GradingContext:
    """The outside as a grading worker sees it, and the settings it needs.

    Attributes
    ----------
    gradebooks
        The gradebook of each course, by its name.
    data_folders
        The folders of this machine that hold a course's data for gradings, by their path relative to the course.
    arrivals
        Answers on their way to the disk, to which gradings give way before they begin.
    recorder
        Writes results to the gradebooks when there is time; where there is none, each grading ends with it.
    lease_seconds
        How long a grading may go without an end before it is run again, ≥ 1; a course whose own limit is longer has
        a longer lease.
    max_tries
        Tries of a grading before a person must look, ≥ 1.
    """

    storage: Storage
    live: LiveEvents
    clock: Clock
    grader: Grader
    gradebooks: Mapping[str, Gradebook]
    data_folders: Callable[[Course], Mapping[str, str]] = lambda course: {}
    arrivals: Arrivals = field(default_factory=Arrivals)
    recorder: Recorder | None = None
    leases: Leases = field(default_factory=Leases)
    lease_seconds: float = 300.0
    max_tries: int = 3
