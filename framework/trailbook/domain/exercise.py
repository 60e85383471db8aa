"""An exercise: what a learner answers, and the cells that grade it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ExerciseKind(StrEnum):
    """How an exercise is answered and graded."""

    CODE = "code"  # code cells, graded by test cells
    TEXT = "text"  # a Markdown cell a person reads
    MANUAL_CODE = "manual_code"  # a code cell a person reads
    TASK = "task"  # an nbgrader task: the answer goes into a cell of its own after it


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson.

    Attributes
    ----------
    id
        ``grade_id`` of its first answer cell (of the task cell for a task): the exercise's name everywhere.
    answer_cells
        ``grade_id`` of each cell the learner fills; a task has the task's own.
    test_cells
        ``grade_id`` of each autograded test cell, in order; empty when a person grades.
    max_score
        Points, ≥ 0: of the test cells, or of the cell a person reads.
    hidden_tests, hidden_points
        Test cells with lines that learners do not get, and their points; empty in releases made before this was kept.
    """

    id: str
    kind: ExerciseKind
    title: str
    answer_cells: tuple[str, ...]
    test_cells: tuple[str, ...]
    max_score: float
    hidden_tests: tuple[str, ...] = ()
    hidden_points: float = 0.0

    @property
    def graded_by_person(self) -> bool:
        """Whether a person, not a test, gives the points."""
        return self.kind is not ExerciseKind.CODE
