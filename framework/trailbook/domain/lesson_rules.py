"""What must hold in one lesson's notebook before it can be released."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trailbook.domain.exercise import ExerciseKind
from trailbook.domain.names import MAX_NAME_LENGTH
from trailbook.domain.notebook import GradeCell, cells_of, exercises_of, grade_cells
from trailbook.domain.notebook_format import name_of_cell
from trailbook.domain.problem import Problem

KERNEL_LANGUAGES = ("python",)


def lesson_problems(notebook: Mapping[str, Any], file: str) -> list[Problem]:
    """Return every broken rule of the lesson, as its author wrote it.

    Parameters
    ----------
    file
        The path that problems name.
    """
    return [
        Problem(code, message, file, cell=cell, warning=warning)
        for code, message, cell, warning in (
            *_kernel(notebook),
            *_grade_ids(notebook),
            *_cells(notebook),
            *_exercises(notebook),
        )
    ]


Finding = tuple[str, str, str, bool]
"""Code, message, cell, and whether it is only a warning."""


def _kernel(notebook: Mapping[str, Any]) -> Iterator[Finding]:
    if not any(cell.get("cell_type") == "code" for cell in cells_of(notebook)):
        return
    kernelspec = notebook.get("metadata", {}).get("kernelspec")
    if not isinstance(kernelspec, Mapping) or not kernelspec.get("name"):
        yield "no_kernel", "The notebook names no kernel. Open it in JupyterLab, choose one, and save.", "", False
        return
    language = kernelspec.get("language", "python")
    if language not in KERNEL_LANGUAGES:
        message = (
            f"The lesson is in {language}, so its tests run in that kernel, beside the learner's code, where they can "
            "be forged. The kernel has to be installed where answers are graded and where learners work."
        )
        yield "kernel", message, "", True


def _grade_ids(notebook: Mapping[str, Any]) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for index, cell in enumerate(cells_of(notebook)):
        nbgrader = cell.get("metadata", {}).get("nbgrader", {})
        if not any(nbgrader.get(flag) is True for flag in ("grade", "solution", "locked", "task")):
            continue
        grade_id = nbgrader.get("grade_id")
        if not isinstance(grade_id, str) or not grade_id:
            message = "The nbgrader cell has no id. Give it one in nbgrader's cell toolbar."
            yield "no_grade_id", message, name_of_cell(cell, index), False
            continue
        if len(grade_id) > MAX_NAME_LENGTH:
            yield "long_grade_id", f"The id has more than {MAX_NAME_LENGTH} characters. Shorten it.", grade_id, False
        if grade_id in seen:
            message = f"Cells {seen[grade_id] + 1} and {index + 1} have the same id. Give one of them another."
            yield "duplicate_grade_id", message, grade_id, False
        seen.setdefault(grade_id, index)


def _cells(notebook: Mapping[str, Any]) -> Iterator[Finding]:
    for cell in grade_cells(notebook):
        fault = _cell_fault(cell)
        if fault:
            yield "wrong_cell_type", fault, cell.grade_id, False


def _cell_fault(cell: GradeCell) -> str:
    if cell.cell_type == "raw":
        return "nbgrader keeps no raw cells. Make it a code or Markdown cell."
    if cell.task:
        return "" if cell.cell_type == "markdown" else "A task is a Markdown cell. Change its type."
    if cell.cell_type == "code":
        return ""
    if cell.grade and not cell.solution:
        return "Tests are code. Make the cell a code cell, or a manually graded answer."
    if cell.solution and not cell.grade:
        return "A written answer is graded by a person. Make it a manually graded answer."
    return ""


def _exercises(notebook: Mapping[str, Any]) -> Iterator[Finding]:
    for exercise in exercises_of(notebook):
        if exercise.kind is ExerciseKind.CODE and not exercise.test_cells:
            message = "No test follows this answer, so it gives no points. Add a test cell, or grade it by hand."
            yield "no_tests", message, exercise.id, True
        elif exercise.max_score <= 0:
            message = "The exercise is worth no points, so it cannot open the next lesson. Give it points."
            yield "no_points", message, exercise.id, True
        if not exercise.answer_cells:
            message = "No answer cell stands before this test; it counts only when the whole lesson is graded."
            yield "test_without_answer", message, exercise.id, True
