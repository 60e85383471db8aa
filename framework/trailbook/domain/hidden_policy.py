"""What a learner may see of hidden tests, and when: a pure function of the course's rules and the time.

While their verdicts are withheld, nothing a learner can see or cause depends on them: not points, messages, reasons,
which answer counts as the best, nor what unlocks. Each of these is decided on the tests that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from trailbook.domain.course import Course, HiddenVerdicts
from trailbook.domain.exercise import Exercise
from trailbook.domain.notebook import GradeCell, grade_cells
from trailbook.domain.progress import ExerciseProgress, ExerciseState, LessonProgress
from trailbook.domain.results import GradingResult, TestResult


@dataclass(frozen=True)
class Withheld:
    """The verdicts of hidden tests are not shown; ``until`` is when they will be, None for never."""

    until: datetime | None


@dataclass(frozen=True)
class HiddenPart:
    """How many tests of an exercise are withheld, and the points to be had of them."""

    tests: int
    points: float


NO_PART = HiddenPart(0, 0.0)


def withheld(course: Course, module: str, now: datetime) -> Withheld | None:
    """Return that a module's hidden verdicts are withheld now, or None when they are shown.

    ``after_due`` in a module without a due time withholds them for good: nothing is shown by oversight.
    """
    rule = course.rules.hidden_verdicts
    if rule is HiddenVerdicts.NOW:
        return None
    found = course.find_module(module)
    due = found.due if found is not None and rule is HiddenVerdicts.AFTER_DUE else None
    return None if due is not None and now >= due else Withheld(due)


def with_hidden_tests(
    exercises: Iterable[Exercise], source: Mapping[str, Any], released: Mapping[str, Any]
) -> tuple[Exercise, ...]:
    """Return the exercises of a release, each knowing which of its tests have lines that learners do not get."""
    given = {cell.grade_id: cell for cell in grade_cells(released)}
    hiding = {cell.grade_id: cell for cell in grade_cells(source) if cell.is_test and _hides(cell, given)}
    return tuple(
        replace(
            each,
            hidden_tests=tuple(test for test in each.test_cells if test in hiding),
            hidden_points=sum(hiding[test].points for test in each.test_cells if test in hiding),
        )
        for each in exercises
    )


def is_hidden(exercise: Exercise, test: TestResult) -> bool:
    """Return whether the outcome of a test tells of lines the learner does not see, by the release or by its grader."""
    return test.hidden or test.grade_id in exercise.hidden_tests


def visible(exercise: Exercise, tests: Iterable[TestResult]) -> tuple[TestResult, ...]:
    """Return the results that a learner may see while verdicts are withheld."""
    return tuple(test for test in tests if not is_hidden(exercise, test))


def hidden_part(exercise: Exercise, tests: Iterable[TestResult] = ()) -> HiddenPart:
    """Return how much of an exercise is withheld; results tell it of a release made before exercises knew it."""
    more = [test for test in tests if test.hidden and test.grade_id not in exercise.hidden_tests]
    return HiddenPart(
        len(exercise.hidden_tests) + len(more), exercise.hidden_points + sum(test.max_score for test in more)
    )


def better_visible(
    exercise: Exercise, before: Sequence[TestResult], tests: Sequence[TestResult]
) -> tuple[TestResult, ...]:
    """Return the visible results that count: the new ones unless those before had more points; () without hidden ones.

    Kept beside the best result, because which answer is best over all tells of the hidden tests.
    """
    seen = visible(exercise, tests)
    if len(seen) == len(tests):
        return ()
    return tuple(before) if before and _points(before) > _points(seen) else seen


def shown_exercise(exercise: Exercise, progress: ExerciseProgress) -> ExerciseProgress:
    """Return a learner's standing as far as it may be shown while verdicts are withheld."""
    part = hidden_part(exercise, progress.tests)
    if not part.tests:
        return progress
    tests = tuple(
        test
        for test in progress.visible_tests or visible(exercise, progress.tests)
        if test.grade_id in exercise.test_cells
    )
    seen = {name: given for name, given in progress.overrides.items() if name in {test.grade_id for test in tests}}
    score = sum(seen.get(test.grade_id, test.score) for test in tests)
    most = exercise.max_score - part.points
    is_extra = any(test.score > test.max_score for test in tests)
    return replace(
        progress,
        score=score if is_extra else min(score, most),
        max_score=most,
        tests=tests,
        visible_tests=(),
        overrides=seen,
        message="" if progress.state is ExerciseState.GRADED else progress.message,
    )


def shown_lesson(exercises: Sequence[Exercise], progress: LessonProgress) -> LessonProgress:
    """Return a learner's standing on a lesson as far as it may be shown, and so as far as the path may follow it.

    An exercise of which every test is withheld counts for the path as soon as an answer was graded, however it did.
    """
    shown = {each.id: shown_exercise(each, progress.exercises[each.id]) for each in exercises}
    unseen = [each for each in exercises if shown[each.id].max_score <= 0 < each.max_score]
    answered = [each for each in unseen if shown[each.id].state is ExerciseState.GRADED]
    return replace(
        progress,
        exercises=shown,
        max_score=sum(each.max_score for each in shown.values()),
        unseen=sum(each.max_score for each in answered),
        unseen_max=sum(each.max_score for each in unseen),
    )


def shown_result(exercises: Iterable[Exercise], result: GradingResult) -> GradingResult:
    """Return a result as far as it may be shown while verdicts are withheld.

    A reason code goes with them: the sentence at a visible test says what happened there, and any other place is
    hidden. One that stopped everything before any test ran stays.
    """
    owners = {test: each for each in exercises for test in each.test_cells}
    seen = tuple(
        test
        for test in result.tests
        if not (is_hidden(owners[test.grade_id], test) if test.grade_id in owners else test.hidden)
    )
    if len(seen) == len(result.tests):
        return result
    return replace(result, tests=seen, reason="", autograded="", seconds=0.0)


def _hides(cell: GradeCell, given: Mapping[str, GradeCell]) -> bool:
    """Whether a test cell has lines that its released form has not."""
    seen = given[cell.grade_id].source.splitlines() if cell.grade_id in given else []
    released = {line.strip() for line in seen}
    return any(line.strip() and line.strip() not in released for line in cell.source.splitlines())


def _points(tests: Iterable[TestResult]) -> float:
    return sum(test.score for test in tests)
