"""The report of a graded submission: a line for each graded cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.names import learner_of
from trailbook.domain.notebook import grade_cells
from trailbook.domain.results import GradingResult, Mode
from trailbook.services.folder_course import FolderLesson
from trailbook.services.ports import Attempt
from trailbook.services.ports.submissions import Submitted

MANUAL, NO_ANSWER = "manual", "no_answer"


@dataclass(frozen=True)
class GradedCell:
    """One line of the report: how one graded cell of one submission came out.

    Attributes
    ----------
    grade_id
        The cell, or "" where the submission's lesson is not one of the course.
    score
        Points, or None where a person has to give them or nothing could be graded.
    status
        ``graded``, ``needs_review`` (a person must look) or ``ungradable`` (nothing was graded; ``reason`` says why).
    reason
        A reason code: why there is no score, or what stopped the code.
    message
        What a learner may read; for people, and not in `as_line`.
    mode
        How the cell was run, and for one that is not run, how the lesson's tests are: ``separate``, ``in_process`` or
        ``kernel``.
    seconds
        Wall-clock time of the whole submission's grading.
    repaired
        Sentences on what was put right in the submission.
    """

    learner: str
    module: str
    lesson: str
    grade_id: str
    score: float | None
    max_score: float
    status: str
    reason: str = ""
    message: str = ""
    mode: str = Mode.SEPARATE.value
    seconds: float = 0.0
    repaired: tuple[str, ...] = ()


def as_line(cell: GradedCell) -> dict[str, Any]:
    """Return what a program reads of a graded cell."""
    return {name: value for name, value in asdict(cell).items() if name != "message"}


def graded_cells(
    submitted: Submitted, lesson: FolderLesson, attempt: Attempt, result: GradingResult
) -> list[GradedCell]:
    """Return the lines of a submission that was graded."""
    tests = {test.grade_id: test for test in result.tests}
    starters = {cell.grade_id: cell.source for cell in grade_cells(lesson.to_grade.released)}
    lines = []
    for exercise in lesson.exercises:
        for line in _lines_of(submitted, lesson, exercise):
            if line.grade_id in tests:
                test = tests[line.grade_id]
                reason = result.reason if not test.passed else ""
                done = replace(line, score=test.score, status="graded", reason=reason, message=test.message)
                done = replace(done, mode=test.mode.value)
            elif exercise.graded_by_person and _is_untouched(exercise, attempt, starters):
                done = replace(line, score=0.0, status="graded", reason=NO_ANSWER)
            else:
                done = replace(line, status="needs_review", reason=_why(exercise, result))
            lines.append(replace(done, seconds=result.seconds, repaired=result.repaired))
    return lines


def ungradable_cells(
    submitted: Submitted,
    lesson: FolderLesson | None,
    *,
    reason: str,
    message: str = "",
    repaired: Sequence[str] = (),
) -> list[GradedCell]:
    """Return the lines of a submission that nothing could be graded of."""
    lines = [_line(submitted, "", 0.0)]
    if lesson is not None:
        lines = [line for exercise in lesson.exercises for line in _lines_of(submitted, lesson, exercise)] or lines
    return [replace(line, reason=reason, message=message, repaired=tuple(repaired)) for line in lines]


def _why(exercise: Exercise, result: GradingResult) -> str:
    return MANUAL if exercise.graded_by_person else result.reason


def _is_untouched(exercise: Exercise, attempt: Attempt, starters: dict[str, str]) -> bool:
    """Whether nbgrader gives 0 without a person: the cell is as released, to the letter; a task is always looked at."""
    if exercise.kind is ExerciseKind.TASK:
        return False
    return all(attempt.answers.get(cell) == starters.get(cell, "") for cell in exercise.answer_cells)


def _lines_of(submitted: Submitted, lesson: FolderLesson, exercise: Exercise) -> Iterator[GradedCell]:
    """Yield a line for each cell that has points."""
    points = {cell.grade_id: cell.points for cell in grade_cells(lesson.to_grade.source)}
    names = exercise.answer_cells[:1] if exercise.graded_by_person else exercise.test_cells
    kernel = lesson.to_grade.source.get("metadata", {}).get("kernelspec", {})
    is_python = str(kernel.get("language") or kernel.get("name", "")).startswith("python")
    for name in names:
        line = _line(submitted, name, points.get(name, 0.0))
        yield line if is_python else replace(line, mode=Mode.KERNEL.value)


def _line(submitted: Submitted, grade_id: str, max_score: float) -> GradedCell:
    key, learner = submitted.lesson, learner_of(submitted.student)
    return GradedCell(learner, key.module, key.name, grade_id, None, max_score, "ungradable")
