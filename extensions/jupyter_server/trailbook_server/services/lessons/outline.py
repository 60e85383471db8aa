"""The cells of a released lesson by what they are for: text to read, code that runs, answers, tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trailbook.domain.errors import NotFound
from trailbook.domain.exercise import ExerciseKind


class CellKind(StrEnum):
    """What a cell is for."""

    TEXT = "text"
    EXAMPLE = "example"  # the author's code, run by itself
    ANSWER = "answer"
    TASK = "task"  # text that asks; its answer goes into a cell of its own
    TEST = "test"


@dataclass(frozen=True)
class Cell:
    """One cell of the released notebook.

    Attributes
    ----------
    id
        The notebook's cell id; outputs are kept under it.
    grade_id
        nbgrader's name of the cell; empty for text and examples.
    exercise
        The exercise it belongs to; empty for text and examples.
    notebook_cell
        The cell as the notebook has it.
    """

    id: str
    kind: CellKind
    source: str
    grade_id: str
    exercise: str
    notebook_cell: Mapping[str, Any]

    @property
    def is_code(self) -> bool:
        """Whether the kernel can run it."""
        return bool(self.notebook_cell["cell_type"] == "code")

    @property
    def hides_source(self) -> bool:
        """Whether the author wants only the outputs shown."""
        return "hide-input" in self.notebook_cell.get("metadata", {}).get("tags", ())


@dataclass(frozen=True)
class Section:
    """A run of cells the page shows together: one exercise from its first answer to its last, or one other cell."""

    cells: tuple[Cell, ...]
    exercise: Mapping[str, Any] | None = None
    tests: tuple[Cell, ...] = ()  # the exercise's visible tests


class Outline:
    """A released notebook with the exercises the course service named in it.

    Parameters
    ----------
    notebook
        The released notebook.
    exercises
        The delivery's exercises; each names its answer and test cells by ``grade_id``.
    """

    def __init__(self, notebook: Mapping[str, Any], exercises: Sequence[Mapping[str, Any]]) -> None:
        self.exercises = {str(exercise["id"]): exercise for exercise in exercises}
        self.cells = tuple(_cells(notebook, exercises))
        self._by_id = {cell.id: cell for cell in self.cells}
        self._answers = {cell.grade_id: cell for cell in self.cells if cell.kind in (CellKind.ANSWER, CellKind.TASK)}

    @property
    def starters(self) -> dict[str, str]:
        """What every answer cell holds before the learner typed; a task's answer starts empty."""
        return {name: "" if cell.kind is CellKind.TASK else cell.source for name, cell in self._answers.items()}

    @property
    def examples(self) -> tuple[Cell, ...]:
        """The author's own code, in order."""
        return tuple(cell for cell in self.cells if cell.kind is CellKind.EXAMPLE)

    @property
    def has_code(self) -> bool:
        """Whether there is anything to run."""
        return any(cell.is_code for cell in self.cells)

    @property
    def has_title(self) -> bool:
        """Whether the author wrote a title of the first level into the text."""
        return any(
            line.startswith("# ") for cell in self.cells if not cell.is_code for line in cell.source.splitlines()
        )

    @property
    def setup_sha256(self) -> str:
        """Fingerprint of the example cells: while it stays, a kernel set up before is as good as a fresh one."""
        return hashlib.sha256(json.dumps([cell.source for cell in self.examples]).encode()).hexdigest()

    def get_exercise(self, name: str) -> Mapping[str, Any]:
        """Return the exercise.

        Raises
        ------
        NotFound
            The lesson has none of this name.
        """
        if name not in self.exercises:
            raise NotFound("unknown_exercise", "This lesson has no such exercise. Load the page again.", exercise=name)
        return self.exercises[name]

    def get_cell(self, cell_id: str) -> Cell:
        """Return the cell with this id.

        Raises
        ------
        NotFound
            The lesson has none of this id.
        """
        if cell_id not in self._by_id:
            raise NotFound("unknown_cell", "This lesson has no such cell. Load the page again.", cell=cell_id)
        return self._by_id[cell_id]

    def require_answers(self, names: Iterator[str] | Mapping[str, str]) -> None:
        """Refuse a ``grade_id`` that names no answer of this lesson.

        Raises
        ------
        NotFound
            One of the names is unknown.
        """
        for name in names:
            if name not in self._answers:
                raise NotFound("unknown_cell", "This lesson has no such answer. Load the page again.", cell=name)

    def answers_of(self, exercise: str) -> tuple[Cell, ...]:
        """Return an exercise's answer cells."""
        return tuple(cell for cell in self._answers.values() if cell.exercise == exercise)

    def visible_tests_of(self, exercise: str) -> tuple[Cell, ...]:
        """Return an exercise's test cells that show a test; the others hold hidden tests only, which are not here."""
        return tuple(
            cell for cell in self.cells if cell.kind is CellKind.TEST and cell.exercise == exercise and _has_code(cell)
        )

    def exercises_before(self, cell: Cell) -> frozenset[str]:
        """Return the exercises with code to answer above the cell."""
        above = self.cells[: self.cells.index(cell)]
        return frozenset(other.exercise for other in above if other.kind is CellKind.ANSWER and other.is_code)

    def examples_after(self, exercise: str) -> tuple[Cell, ...]:
        """Return the example cells between an exercise's last answer and the next exercise."""
        found: list[Cell] = []
        inside = False
        for cell in self.cells:
            if cell.kind in (CellKind.ANSWER, CellKind.TASK):
                inside = cell.exercise == exercise
                found = [] if inside else found
            elif inside and cell.kind is CellKind.EXAMPLE:
                found.append(cell)
        return tuple(found)

    def sections(self) -> Iterator[Section]:
        """Yield the page's sections in the order of the notebook; tests go to the exercise they test."""
        position = 0
        while position < len(self.cells):
            cell = self.cells[position]
            last = position
            if cell.kind in (CellKind.ANSWER, CellKind.TASK):
                last = max(i for i, other in enumerate(self.cells) if _answers_same(other, cell))
                cells = tuple(other for other in self.cells[position : last + 1] if other.kind is not CellKind.TEST)
                yield Section(cells, self.exercises[cell.exercise], self.visible_tests_of(cell.exercise))
            elif cell.kind is not CellKind.TEST:
                yield Section((cell,))
            elif not self.answers_of(cell.exercise) and _has_code(cell):
                yield Section((), None, (cell,))
            position = last + 1


def _cells(notebook: Mapping[str, Any], exercises: Sequence[Mapping[str, Any]]) -> Iterator[Cell]:
    answers = {name: exercise for exercise in exercises for name in exercise["answer_cells"]}
    tests = {name: exercise for exercise in exercises for name in exercise["test_cells"]}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "raw":
            continue
        name = str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", ""))
        kind = CellKind.EXAMPLE if cell["cell_type"] == "code" else CellKind.TEXT
        exercise: Mapping[str, Any] = {"id": ""}
        if name in answers:
            exercise = answers[name]
            kind = CellKind.TASK if exercise["kind"] == ExerciseKind.TASK else CellKind.ANSWER
        elif name in tests:
            exercise, kind = tests[name], CellKind.TEST
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        yield Cell(str(cell["id"]), kind, source, name if exercise["id"] else "", str(exercise["id"]), cell)


def _answers_same(cell: Cell, other: Cell) -> bool:
    return cell.kind in (CellKind.ANSWER, CellKind.TASK) and cell.exercise == other.exercise


def _has_code(cell: Cell) -> bool:
    """Whether a cell holds more than comments and space."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in cell.source.splitlines())
