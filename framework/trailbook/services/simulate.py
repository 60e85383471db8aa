"""Use case: what would the path of a course cost learners, under each policy, and where does it stand in their way?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.simulation.authors import PathReport, report_path
from trailbook.domain.simulation.compare import Compared, Study
from trailbook.domain.simulation.parameters import fitted
from trailbook.domain.simulation.shape import topics_of
from trailbook.domain.simulation.worlds import Slopes, Steps, worlds_of

REPORTED = "messy"  # the world an author's report is of


@dataclass(frozen=True)
class Simulated:
    """Every world's comparison, and the report on the path."""

    worlds: Mapping[str, Compared]
    path: PathReport


def simulate(
    course: Course,
    exercises: Mapping[LessonKey, int],
    *,
    log: Iterable[Answer] | None = None,
    learners: int,
    seed: int,
    report: Callable[[str], None] = lambda _: None,
) -> Simulated:
    """Simulate a class on the course's path; the same arguments give the same result.

    Parameters
    ----------
    exercises
        How many exercises each lesson has.
    log
        Answers of real learners to take the simulated ones' parameters from; None for stated ones.
    learners
        In each class, ≥ 1.
    report
        Called with a line for a person at each step.

    Raises
    ------
    Invalid
        ``nothing_to_simulate``, ``circular_requires`` or ``log_too_small``.
    """
    topics = topics_of(course, exercises)
    slopes, messy = (Slopes(), Steps()) if log is None else fitted(log)
    worlds = worlds_of(slopes, messy)
    studies = {name: Study(world, topics, learners, seed) for name, world in worlds.items()}
    compared = {name: study.compare(report=report) for name, study in studies.items()}
    report("the path for novices, average and experienced learners")
    path = report_path(course, studies[REPORTED], compared[REPORTED].gate)
    return Simulated(compared, path)
