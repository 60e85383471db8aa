"""What a notebook says about exercises: nbgrader's cell metadata, read as untrusted input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trailbook.domain.exercise import Exercise, ExerciseKind

HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
MAX_POINTS = 1_000_000  # of one cell; above it, it is a mistake
FENCE = re.compile(r"^ {0,3}(```|~~~).*?(^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class GradeCell:
    """A cell with nbgrader's metadata.

    Attributes
    ----------
    index
        Position in the notebook, from 0.
    grade_id
        The author's name for it, which stays the same over releases.
    points
        Points to be had, ≥ 0; 0 for a cell that is not graded.
    """

    index: int
    grade_id: str
    cell_type: str
    source: str
    solution: bool
    grade: bool
    task: bool
    locked: bool
    points: float

    @property
    def is_answer(self) -> bool:
        """Whether the learner fills the cell; a task is answered in a cell of its own."""
        return self.solution or self.task

    @property
    def is_test(self) -> bool:
        """Whether the cell grades answers by running."""
        return self.grade and not self.solution and not self.task


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's source, whether it is stored as one text or as a list of lines.

    >>> source_of({"source": ["a = 1\\n", "a"]})
    'a = 1\\na'
    """
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(str(line) for line in source)
    return str(source)


def grade_cells(notebook: Mapping[str, Any]) -> Iterator[GradeCell]:
    """Yield each cell that has nbgrader's metadata with a ``grade_id``, in order; anything malformed is skipped."""
    for index, cell in enumerate(cells_of(notebook)):
        found = _read_grade_cell(index, cell)
        if found is not None:
            yield found


def cells_of(notebook: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the notebook's cells; entries that are no cells are left out."""
    cells = notebook.get("cells", ())
    return [cell for cell in cells if isinstance(cell, Mapping)] if isinstance(cells, list) else []


def exercises_of(notebook: Mapping[str, Any]) -> tuple[Exercise, ...]:
    """Return the notebook's exercises, in order.

    An answer cell starts a code exercise, or extends the one before while no test has come; test cells belong to the
    code exercise before them. A cell that a person grades is an exercise of its own. Tests after a manually graded
    code cell, or before any answer cell, are exercises without an answer cell: they count whenever the lesson is
    graded.
    """
    found: list[Exercise] = []
    current: int | None = None  # position in `found` of the code exercise that tests go to
    titles = list(_titles(notebook))
    for cell in grade_cells(notebook):
        title = titles[cell.index] or f"Exercise {len(found) + 1}"
        if cell.task:
            found.append(_manual(cell, ExerciseKind.TASK, title))
        elif cell.solution and cell.grade:
            is_code = cell.cell_type == "code"
            found.append(_manual(cell, ExerciseKind.MANUAL_CODE if is_code else ExerciseKind.TEXT, title))
            # A written answer between code and its tests does not part them; another code answer does.
            current = None if is_code else current
        elif cell.solution:
            if current is not None and not found[current].test_cells:
                before = found[current]
                found[current] = replace(before, answer_cells=(*before.answer_cells, cell.grade_id))
            else:
                current = len(found)
                found.append(Exercise(cell.grade_id, ExerciseKind.CODE, title, (cell.grade_id,), (), 0.0))
        elif cell.grade and current is not None:
            before = found[current]
            tests = (*before.test_cells, cell.grade_id)
            found[current] = replace(before, test_cells=tests, max_score=before.max_score + cell.points)
        elif cell.grade:
            found.append(Exercise(cell.grade_id, ExerciseKind.CODE, title, (), (cell.grade_id,), cell.points))
    return tuple(found)


def unanswered(
    released: Mapping[str, Any], exercises: Iterable[Exercise], answers: Mapping[str, str]
) -> frozenset[str]:
    """Return the ids of the exercises whose answers are missing, blank, or still the released starter text."""
    starters = {cell.grade_id: "" if cell.task else cell.source for cell in grade_cells(released)}
    return frozenset(
        exercise.id
        for exercise in exercises
        if all(answers.get(cell, "").strip() in ("", starters.get(cell, "").strip()) for cell in exercise.answer_cells)
    )


def _manual(cell: GradeCell, kind: ExerciseKind, title: str) -> Exercise:
    return Exercise(cell.grade_id, kind, title, (cell.grade_id,), (), cell.points)


def _read_grade_cell(index: int, cell: Mapping[str, Any]) -> GradeCell | None:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    if not isinstance(nbgrader, Mapping):
        return None
    grade_id = nbgrader.get("grade_id")
    if not isinstance(grade_id, str) or not grade_id:
        return None
    grade = nbgrader.get("grade") is True
    task = nbgrader.get("task") is True
    return GradeCell(
        index=index,
        grade_id=grade_id,
        cell_type=str(cell.get("cell_type", "")),
        source=source_of(cell),
        solution=nbgrader.get("solution") is True,
        grade=grade,
        task=task,
        locked=nbgrader.get("locked") is True,
        points=_points(nbgrader.get("points")) if grade or task else 0.0,
    )


def _points(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_POINTS:
        return 0.0
    return float(value)


def _titles(notebook: Mapping[str, Any]) -> Iterator[str]:
    """Yield for each cell the nearest heading at or above it, "" where there is none."""
    title = ""
    for cell in cells_of(notebook):
        if cell.get("cell_type") == "markdown":
            headings = HEADING.findall(FENCE.sub("", source_of(cell)))
            title = headings[-1] if headings else title
        yield title
