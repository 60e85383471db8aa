"""Making a lesson's cells known to nbgrader, also while learners already work on it.

`nbgrader generate_assignment` refuses to change a notebook that has submissions. Trailbook's lessons have them from the
first answer on and are released again and again, so here cells come and go, and each submission keeps what it has.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import SaveCells

from trailbook.adapters.nbgrader.pipeline import to_node
from trailbook.domain.course import Module
from trailbook.services.ports import Notebook

log = logging.getLogger(__name__)


def register_module(gradebook: Gradebook, module: Module) -> None:
    """Make nbgrader know a module and when it is due; without a date in the manifest, the one nbgrader has stays."""
    if module.due is None:
        gradebook.update_or_create_assignment(module.name)
    else:
        due = module.due.astimezone(UTC).replace(tzinfo=None)
        gradebook.update_or_create_assignment(module.name, duedate=due)


def register_notebook(gradebook: Gradebook, module: str, lesson: str, notebook: Notebook) -> None:
    """Make nbgrader know the notebook's cells; what submissions hold for cells that stay is kept.

    Parameters
    ----------
    notebook
        The lesson without solutions and with its hidden tests, as `Pipeline.hide_solutions` returns it.
    """
    _SaveCellsAnyTime(gradebook, module, lesson).save(notebook)
    for submission in gradebook.find_assignment(module).submissions:
        complete_submission(gradebook, submission)


def forget_notebooks(gradebook: Gradebook, module: str, *, keep: set[str]) -> None:
    """Remove the module's notebooks that are no lessons any more; one that somebody worked on stays."""
    try:
        assignment = gradebook.find_assignment(module)
    except MissingEntry:
        return
    for notebook in list(assignment.notebooks):
        if notebook.name not in keep and not notebook.submissions:
            gradebook.remove_notebook(notebook.name, module)


def complete_submission(gradebook: Gradebook, submission: SubmittedAssignment) -> None:
    """Add the rows that a submission lacks for notebooks and cells which came after it; nothing is due for review."""
    database = gradebook.db
    present = {row.notebook_id: row for row in submission.notebooks}
    for notebook in submission.assignment.notebooks:
        row = present.get(notebook.id)
        if row is None:
            row = SubmittedNotebook(notebook_id=notebook.id, assignment_id=submission.id)
            database.add(row)
            database.flush()
        graded = {grade.cell_id for grade in row.grades}
        commented = {comment.cell_id for comment in row.comments}
        for cell in [*notebook.grade_cells, *notebook.task_cells]:
            if cell.id not in graded:
                # nbgrader's default asks for a review, and here nothing was handed in yet.
                database.add(Grade(cell_id=cell.id, notebook_id=row.id, needs_manual_grade=False))
        for cell in [*notebook.solution_cells, *notebook.task_cells]:
            if cell.id not in commented:
                database.add(Comment(cell_id=cell.id, notebook_id=row.id))
    database.commit()


class _SaveCellsAnyTime(SaveCells):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's `SaveCells` on an open gradebook, without its refusal."""

    def __init__(self, gradebook: Gradebook, module: str, lesson: str) -> None:
        super().__init__()
        self.gradebook = gradebook
        self.assignment_id, self.notebook_id = module, lesson
        self.new_grade_cells: dict[str, Any] = {}
        self.new_solution_cells: dict[str, Any] = {}
        self.new_task_cells: dict[str, Any] = {}
        self.new_source_cells: dict[str, Any] = {}

    def save(self, notebook: Notebook) -> None:
        """Save the notebook's cells."""
        node = to_node(notebook)
        for index, cell in enumerate(node.cells):
            self.preprocess_cell(cell, {}, index)
        known = self._find_notebook()
        if known is None or (self._differs(known) and not known.submissions):
            self._create_notebook(node)  # as nbgrader does: written anew
        elif self._differs(known):
            self._remove_gone_cells(known)
            self._update_cells()

    def _find_notebook(self) -> Any:
        try:
            return self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            return None

    def _differs(self, notebook: Any) -> bool:
        """Whether nbgrader knows other cells; most releases change one lesson, and each write waits for the disk."""
        return (
            {cell.name for cell in notebook.solution_cells} != self.new_solution_cells.keys()
            or _values(notebook.grade_cells, "max_score", "cell_type") != _infos(self.new_grade_cells)
            or _values(notebook.task_cells, "max_score", "cell_type") != _infos(self.new_task_cells)
            or _values(notebook.source_cells, "cell_type", "locked", "source", "checksum")
            != _infos(self.new_source_cells)
        )

    def _remove_gone_cells(self, notebook: Any) -> None:
        """Remove the cells that are no longer in the notebook, with what the submissions hold of them."""
        for cells, kept in (
            (notebook.grade_cells, self.new_grade_cells),
            (notebook.solution_cells, self.new_solution_cells),
            (notebook.task_cells, self.new_task_cells),
            (notebook.source_cells, self.new_source_cells),
        ):
            for cell in [cell for cell in cells if cell.name not in kept]:
                log.info("Removing cell %s of %s/%s", cell.name, self.assignment_id, self.notebook_id)
                for row in [*(getattr(cell, "grades", None) or ()), *(getattr(cell, "comments", None) or ())]:
                    self.gradebook.db.delete(row)
                self.gradebook.db.delete(cell)
        self.gradebook.db.commit()

    def _update_cells(self) -> None:
        where = (self.notebook_id, self.assignment_id)
        for name, info in self.new_grade_cells.items():
            self.gradebook.update_or_create_grade_cell(name, *where, **info)
        for name, info in self.new_solution_cells.items():
            self.gradebook.update_or_create_solution_cell(name, *where, **info)
        for name, info in self.new_task_cells.items():
            self.gradebook.update_or_create_task_cell(name, *where, **info)
        for name, info in self.new_source_cells.items():
            self.gradebook.update_or_create_source_cell(name, *where, **info)
        self.gradebook.db.expire_all()


def _values(cells: Iterable[Any], *names: str) -> dict[str, dict[str, Any]]:
    return {cell.name: {name: getattr(cell, name) for name in names} for cell in cells}


def _infos(infos: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what nbgrader would write of each cell, without the keys of rows it already has."""
    kept = ("max_score", "cell_type", "locked", "source", "checksum")
    return {cell: {name: info[name] for name in kept if name in info} for cell, info in infos.items()}
