"""The notebook that is graded: the instructor's, with nothing of the learner's but the text of the answer cells."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbook.domain.notebook import GradeCell, cells_of, grade_cells, source_of

PLACE_ID = re.compile(r"cell-\d+(-\d+)?")
"""A cell id that only says where the cell stood, given to notebooks that had none: it finds nothing again."""

ANSWER_TO = "answer_to"
"""Key under a cell's ``trailbook`` metadata: the task the cell answers."""


@dataclass(frozen=True)
class Collected:
    """The answers found in a submitted notebook, by ``grade_id``, and sentences on what was put right."""

    answers: Mapping[str, str]
    repaired: tuple[str, ...]


def rebuild(source: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """Return the source notebook with the learner's answers in its answer cells, and no output.

    An answer cell without an answer becomes empty: the author's solution in it must never be graded. A task's answer
    becomes a Markdown cell after the task. Answers to cells the source does not have are left out.
    """
    notebook = {key: copy.deepcopy(value) for key, value in source.items() if key != "cells"}
    marked = {cell.index: cell for cell in grade_cells(source)}
    cells: list[dict[str, Any]] = []
    for index, original in enumerate(cells_of(source)):
        cell = copy.deepcopy(dict(original))
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
        grade_cell = marked.get(index)
        if grade_cell is not None and grade_cell.solution:
            cell.pop("attachments", None)
            cell["source"] = answers.get(grade_cell.grade_id, "")
        cells.append(cell)
        if grade_cell is not None and grade_cell.task and answers.get(grade_cell.grade_id, "").strip():
            cells.append(_task_answer(grade_cell.grade_id, answers[grade_cell.grade_id], f"answer-{index}"))
    notebook["cells"] = cells
    return notebook


def answers_from(submitted: Mapping[str, Any], released: Mapping[str, Any]) -> Collected:
    """Return the learner's answers out of a notebook that may have been changed in any way.

    Cells are found by ``grade_id``, else (an editor dropped the metadata) by cell id. Of several with the same
    ``grade_id`` the last counts, as in nbgrader. An answer cell that is missing counts as released.
    """
    found = _Submitted(submitted)
    answers: dict[str, str] = {}
    repaired: list[str] = []
    for cell in grade_cells(released):
        if cell.task:
            answers[cell.grade_id] = _answer_to_task(found, cell.grade_id, released)
            continue
        cell_id = cells_of(released)[cell.index].get("id")
        match, note = found.take(cell, cell_id)
        repaired += note
        if cell.solution:
            answers[cell.grade_id] = cell.source if match is None else _text_of(match)
    repaired += found.strangers(released)
    return Collected(answers, tuple(repaired))


class _Submitted:
    """A submitted notebook's cells, as they are asked for."""

    def __init__(self, notebook: Mapping[str, Any]) -> None:
        self.cells = cells_of(notebook)
        self._by_grade_id: dict[str, list[int]] = {}
        for index, cell in enumerate(self.cells):
            if (grade_id := _grade_id(cell)) is not None:
                self._by_grade_id.setdefault(grade_id, []).append(index)
        self._by_cell_id = {
            cell["id"]: index
            for index, cell in enumerate(self.cells)
            if isinstance(cell.get("id"), str) and not PLACE_ID.fullmatch(cell["id"]) and _grade_id(cell) is None
        }

    def positions(self, grade_id: str) -> Sequence[int]:
        """Return where cells with this ``grade_id`` stand."""
        return self._by_grade_id.get(grade_id, ())

    def take(self, wanted: GradeCell, cell_id: object) -> tuple[Mapping[str, Any] | None, Iterator[str]]:
        """Return the submitted form of a released cell, None when it is gone, and what is to be said about it."""
        places = self.positions(wanted.grade_id)
        by_id = self._by_cell_id.get(cell_id) if isinstance(cell_id, str) else None
        match = self.cells[places[-1]] if places else self.cells[by_id] if by_id is not None else None
        return match, _notes(wanted, match, copies=len(places))

    def strangers(self, released: Mapping[str, Any]) -> Iterator[str]:
        """Yield a sentence on cells with content that the released lesson does not have."""
        known_ids = [cell.get("id") for cell in cells_of(released) if not PLACE_ID.fullmatch(str(cell.get("id")))]
        known_texts = {_text_of(cell) for cell in cells_of(released)}
        marked = {cell.grade_id for cell in grade_cells(released)}
        foreign = sum(len(places) for name, places in self._by_grade_id.items() if name not in marked)
        if foreign:
            yield f"{_count(foreign, 'graded cell')} left out: the lesson has no such cell."
        added = sum(
            1
            for cell in self.cells
            if cell.get("cell_type") == "code"
            and _grade_id(cell) is None
            and cell.get("id") not in known_ids
            and _text_of(cell).strip()
            and _text_of(cell) not in known_texts
        )
        if added:
            yield f"{_count(added, 'added code cell')} not graded. Put helpers into an answer cell."


def _notes(wanted: GradeCell, match: Mapping[str, Any] | None, *, copies: int) -> Iterator[str]:
    name = f"cell {wanted.grade_id}"
    if match is None:
        what = "counts as not answered" if wanted.solution else "was put back"
        yield f"The {name} was missing and {what}."
        return
    if copies == 0:
        yield f"The {name} had lost its nbgrader mark; it was found by its cell id."
    elif copies > 1:
        yield f"The {name} was there {copies} times; the last one counts."
    if match.get("cell_type") != wanted.cell_type:
        yield f"The {name} was turned into another type of cell and was turned back."
    if not wanted.solution and _text_of(match).strip() != wanted.source.strip():
        yield f"The {name} was changed; the original was used."


def _answer_to_task(found: _Submitted, grade_id: str, released: Mapping[str, Any]) -> str:
    """Return the text that answers a task: cells that say so, else what the learner added below the task."""
    said = [_text_of(cell) for cell in found.cells if _answers(cell) == grade_id]
    if said:
        return "\n\n".join(said)
    places = found.positions(grade_id)
    if not places:
        return ""
    own = {_text_of(cell) for cell in cells_of(released)}
    return "\n\n".join(_as_markdown(cell) for cell in _below(found.cells, places[-1]) if _text_of(cell) not in own)


def _below(cells: Sequence[Mapping[str, Any]], index: int) -> Iterable[Mapping[str, Any]]:
    """Yield the cells after one, up to the next that nbgrader knows."""
    for cell in cells[index + 1 :]:
        if _grade_id(cell) is not None:
            return
        if _text_of(cell).strip():
            yield cell


def _as_markdown(cell: Mapping[str, Any]) -> str:
    text = _text_of(cell)
    return f"```python\n{text}\n```" if cell.get("cell_type") == "code" else text


def _task_answer(grade_id: str, text: str, cell_id: str) -> dict[str, Any]:
    metadata = {"trailbook": {ANSWER_TO: grade_id}}
    return {"cell_type": "markdown", "id": cell_id, "metadata": metadata, "source": text}


def _answers(cell: Mapping[str, Any]) -> object:
    metadata = cell.get("metadata")
    ours = metadata.get("trailbook") if isinstance(metadata, Mapping) else None
    return ours.get(ANSWER_TO) if isinstance(ours, Mapping) else None


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    found = next(grade_cells({"cells": [cell]}), None)
    return found.grade_id if found is not None else None


def _text_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's text with one kind of line end, and nothing in it that is no text."""
    text = source_of(cell).encode("utf-8", errors="replace").decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _count(number: int, noun: str) -> str:
    return f"1 {noun} was" if number == 1 else f"{number} {noun}s were"
