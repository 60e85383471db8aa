"""Testing out of a lesson: which few of its exercises are asked, and whether the answers show that it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trailbook.domain.course import Lesson
from trailbook.domain.exercise import Exercise

MOST_EXERCISES = 3
TRIES = 2  # for each exercise: a slip of the pen is not a gap
WAIT_HOURS = 12  # before the next test-out of the same lesson


class Ending(StrEnum):
    """How a test-out stands."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """How a test-out stands, and the sentence on it."""

    ending: Ending
    because: str


def choose_exercises(
    lesson: Lesson, exercises: Sequence[Exercise], predicted: Callable[[str], float]
) -> tuple[Exercise, ...]:
    """Return the exercises to ask, in the lesson's order: a few that are graded at once and cover its skills.

    The hardest of each skill not covered yet comes first, then the hardest of all: an easy one proves little. A
    variant of a chosen one asks nothing new.

    Parameters
    ----------
    predicted
        The learner model's probability of a right answer, by the exercise's id; equal ones go by the lesson's order.
    """
    left = [each for each in exercises if not each.graded_by_person and each.test_cells and each.max_score > 0]
    chosen: list[Exercise] = []
    covered: set[str] = set()
    while left and len(chosen) < MOST_EXERCISES:
        best = min(left, key=lambda each: (set(lesson.skills_of(each.id)) <= covered, predicted(each.id)))
        chosen.append(best)
        covered |= set(lesson.skills_of(best.id))
        left = [each for each in left if each is not best and not _same(lesson, each, best)]
    return tuple(each for each in exercises if each in chosen)


def outcome(exercises: Sequence[Exercise], shares: Mapping[str, Sequence[float]], *, pass_share: float) -> Outcome:
    """Return how a test-out stands after these answers.

    It is passed with this share of the points, and failed once that cannot be reached any more.

    Parameters
    ----------
    exercises
        Those asked, at least one.
    shares
        Share of the points of each graded try, oldest first, by the exercise's id; tries beyond `TRIES` do not count.
    """
    points = sum(each.max_score for each in exercises)
    counted = {each.id: tuple(shares.get(each.id, ()))[:TRIES] for each in exercises}
    got = sum(each.max_score * max(counted[each.id], default=0.0) for each in exercises)
    reachable = sum(
        each.max_score * (1.0 if len(counted[each.id]) < TRIES else max(counted[each.id])) for each in exercises
    )
    right = sum(max(counted[each.id], default=0.0) >= 1.0 - 1e-9 for each in exercises)
    tally = f"{right} of {len(exercises)} right"
    if got >= pass_share * points - 1e-9:
        return Outcome(Ending.PASSED, f"You know this: {tally}. The lesson counts as mastered.")
    if reachable < pass_share * points - 1e-9:
        return Outcome(Ending.FAILED, f"Not yet: {tally}. Nothing is lost, and what you solved is yours.")
    begun = any(counted.values())
    return Outcome(Ending.RUNNING, f"So far {tally}." if begun else "Answer these to show that you know the lesson.")


def _same(lesson: Lesson, one: Exercise, other: Exercise) -> bool:
    """Whether two exercises ask for the same: one is a variant of the other, or both are of a third."""
    return _root(lesson, one) == _root(lesson, other)


def _root(lesson: Lesson, exercise: Exercise) -> str:
    rules = lesson.exercises.get(exercise.id)
    return rules.variant_of if rules and rules.variant_of else exercise.id
