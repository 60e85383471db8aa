"""How a grading result or a person's score changes what a learner has reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from trailbook.domain.course import LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import better_visible
from trailbook.domain.progress import ExerciseProgress, ExerciseState, LessonProgress
from trailbook.domain.results import GradingResult, TestResult, Verdict

REASONS = {
    "timeout": "It took too long and was stopped. Look for a loop that never ends.",
    "memory": "It needed more memory than it may use and was stopped.",
    "output": "It printed more than can be shown and was stopped.",
    "processes": "It started more processes than it may and was stopped.",
    "protocol": "It disturbed the grading and was stopped. Remove what reaches for other processes.",
    "exit": "The program ended itself before it could be graded. Remove calls such as exit().",
}
"""What a learner reads for a reason code; any other code has the general sentence."""

NOT_GRADED = "It could not be graded by the machine. Nothing is lost: a person will look at it."


def lesson_progress(
    lesson: LessonKey,
    exercises: Sequence[Exercise],
    stored: Mapping[str, ExerciseProgress],
    *,
    started: bool = False,
    handed_in: bool = False,
) -> LessonProgress:
    """Return a learner's standing on a lesson as released now.

    What is stored is matched by exercise id, so work survives a new release; an exercise that is no longer in the
    lesson does not count, and points above a lowered maximum are not kept.
    """
    standing = {exercise.id: _as_released(stored.get(exercise.id), exercise) for exercise in exercises}
    return LessonProgress(
        lesson, standing, sum(exercise.max_score for exercise in exercises), started=started, handed_in=handed_in
    )


def progress_after_grading(
    exercises: Sequence[Exercise],
    stored: Mapping[str, ExerciseProgress],
    result: GradingResult,
    *,
    exercise: str | None,
    unanswered: Collection[str] = (),
) -> tuple[ExerciseProgress, ...]:
    """Return the exercises whose standing a graded job changed.

    Parameters
    ----------
    exercise
        The exercise an attempt counts for; None for a submission, where all do and where answers that a person
        grades start to wait for one. Tests without an answer cell of their own count in both.
    unanswered
        Exercises whose answer is still as released (`notebook.unanswered`): no grader has to look at those.
    """
    changed = []
    for each in exercises:
        if exercise is not None and each.id != exercise and each.answer_cells:
            continue
        if each.graded_by_person and each.id in unanswered:
            continue
        before = stored.get(each.id, ExerciseProgress(each.id))
        after = _after_grading(each, before, result)
        if after != before:
            changed.append(after)
    return tuple(changed)


def progress_after_review(
    exercise: Exercise,
    before: ExerciseProgress,
    *,
    grade_id: str,
    score: float | None,
    comment: str,
    needs_review: bool = False,
) -> ExerciseProgress:
    """Return the exercise's standing after a person scored or commented on one of its cells.

    Parameters
    ----------
    score
        Points given, or None when the person has not scored the cell (yet, or any more).
    needs_review
        The points were given for an earlier answer; until a person confirms them they stay as they are.
    """
    comment = comment or before.comment
    if exercise.graded_by_person:
        if needs_review or (score is None and before.state is not ExerciseState.GRADED):
            return replace(before, comment=comment)
        if score is None:
            return replace(before, state=ExerciseState.NEEDS_REVIEW, score=0.0, comment=comment)
        return replace(
            before, state=ExerciseState.GRADED, score=score, max_score=exercise.max_score, comment=comment, message=""
        )
    overrides = {cell: given for cell, given in before.overrides.items() if cell != grade_id}
    if score is not None:
        overrides[grade_id] = score
    if overrides == before.overrides:
        return replace(before, comment=comment)
    return replace(
        before,
        state=ExerciseState.GRADED,
        score=_sum_of(exercise, before.tests, overrides),
        max_score=exercise.max_score,
        comment=comment,
        overrides=overrides,
    )


def own_tests(exercise: Exercise, tests: Iterable[TestResult]) -> tuple[TestResult, ...]:
    """Return the results of the exercise's own tests, in its order."""
    by_id = {test.grade_id: test for test in tests}
    return tuple(by_id[grade_id] for grade_id in exercise.test_cells if grade_id in by_id)


def message_for(reason: str) -> str:
    """Return what a learner reads for a reason code, "" for none."""
    return REASONS.get(reason, NOT_GRADED) if reason else ""


def _after_grading(exercise: Exercise, before: ExerciseProgress, result: GradingResult) -> ExerciseProgress:
    if exercise.graded_by_person:
        return replace(before, state=ExerciseState.NEEDS_REVIEW, max_score=exercise.max_score)
    tests = own_tests(exercise, result.tests)
    if len(tests) < len(exercise.test_cells):
        return _ungraded(exercise, before, result)
    score = _sum_of(exercise, tests, before.overrides)
    seen = better_visible(exercise, before.visible_tests, tests)
    if before.state is ExerciseState.GRADED and score < before.score:
        return replace(before, visible_tests=seen)  # the best result stays, with the tests that gave it
    return replace(
        before,
        state=ExerciseState.GRADED,
        score=score,
        max_score=exercise.max_score,
        tests=tests,
        visible_tests=seen,
        message=message_for(result.reason) if score < exercise.max_score else "",
    )


def _ungraded(exercise: Exercise, before: ExerciseProgress, result: GradingResult) -> ExerciseProgress:
    """Keep the points: a result without this exercise's tests is never a zero."""
    if before.state is ExerciseState.GRADED:
        return before
    waits = result.verdict is Verdict.NEEDS_REVIEW
    state = ExerciseState.NEEDS_REVIEW if waits else before.state
    return replace(before, state=state, max_score=exercise.max_score, message=message_for(result.reason))


def _sum_of(exercise: Exercise, tests: Iterable[TestResult], overrides: Mapping[str, float]) -> float:
    found = {test.grade_id: test.score for test in tests}
    return sum(overrides.get(grade_id, found.get(grade_id, 0.0)) for grade_id in exercise.test_cells)


def _as_released(before: ExerciseProgress | None, exercise: Exercise) -> ExerciseProgress:
    if before is None:
        return ExerciseProgress(exercise.id, max_score=exercise.max_score)
    score = _within(before, exercise)
    if (before.score, before.max_score) == (score, exercise.max_score):
        return before  # nearly always, and a path asks for every exercise
    return replace(before, max_score=exercise.max_score, score=score)


def _within(progress: ExerciseProgress, exercise: Exercise) -> float:
    """Cap points at the exercise's maximum, unless they were above it when given: extra credit."""
    is_extra = progress.score > progress.max_score
    return progress.score if is_extra else min(progress.score, exercise.max_score)
