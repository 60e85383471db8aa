"""The learner's work out of a submitted notebook: answers, cells of their own, and what had to be put right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbook.domain.cell_matching import FoundBy, Matching, grade_id_of, match_cells, text_of
from trailbook.domain.notebook import GradeCell, cells_of, grade_cells
from trailbook.domain.rebuild import ANSWER_TO, OURS, added_key, note_key


@dataclass(frozen=True)
class Collected:
    """What a submitted notebook says.

    Attributes
    ----------
    answers
        Texts of the answer cells by ``grade_id``, of code cells the learner added by `rebuild.added_key`, and of text
        cells by `rebuild.note_key`.
    repaired
        Sentences on what was put right.
    """

    answers: Mapping[str, str]
    repaired: tuple[str, ...]


def answers_from(submitted: Mapping[str, Any], released: Mapping[str, Any]) -> Collected:
    """Return the learner's work out of a notebook that may have been changed in any way.

    An answer cell that is missing counts as released. Code cells that the learner added, and plain cells of the lesson
    that the learner changed, run after the cell they stand after, as they do in nbgrader; nothing of them is a test.
    """
    matching = match_cells(submitted, released)
    answers: dict[str, str] = {}
    repaired: list[str] = []
    in_tasks: set[int] = set()
    for cell in grade_cells(released):
        if cell.task:
            answers[cell.grade_id], places = _answer_to_task(matching, cell, released)
            in_tasks.update(places)
            continue
        place, how = matching.found.get(cell.index, (None, FoundBy.MARK))
        match = matching.cells[place] if place is not None else None
        repaired += _notes(cell, match, how, copies=len(matching.copies.get(cell.grade_id, ())))
        if cell.solution:
            answers[cell.grade_id] = cell.source if match is None else text_of(match)
    repaired += _strangers(matching, released)
    return Collected({**answers, **_added(matching, released, in_tasks)}, tuple(repaired))


def _notes(wanted: GradeCell, match: Mapping[str, Any] | None, how: FoundBy, *, copies: int) -> Iterator[str]:
    name = f"cell {wanted.grade_id}"
    if match is None:
        what = "counts as not answered" if wanted.solution else "was put back"
        yield f"The {name} was missing and {what}."
        return
    if how is not FoundBy.MARK:
        yield f"The {name} had lost its nbgrader mark; it was found by its {how}."
    elif copies > 1:
        yield f"The {name} was there {copies} times; the last one counts."
    if match.get("cell_type") != wanted.cell_type:
        yield f"The {name} was turned into another type of cell and was turned back."
    if not wanted.solution and text_of(match).strip() != wanted.source.strip():
        yield f"The {name} was changed; the original was used."


def _added(matching: Matching, released: Mapping[str, Any], in_tasks: set[int]) -> dict[str, str]:
    """Return what is the learner's own beside the answers, each cell under the one of the lesson it follows."""
    own = cells_of(released)
    kinds = {cell.grade_id: cell for cell in grade_cells(released)}
    released_at = matching.released_at
    after, turns = _past_plain(-1, matching, own), 0
    found: dict[str, str] = {}
    for place, cell in enumerate(matching.cells):
        index = released_at.get(place)
        if index is not None:
            after, turns = _past_plain(index, matching, own), 0
        copy_of = kinds.get(grade_id_of(cell) or "")
        if not text_of(cell).strip() or place in in_tasks:
            continue
        if cell.get("cell_type") != "code":
            if index is None and copy_of is None and cell.get("cell_type") == "markdown":
                turns = _free(found, after, turns)
                found[note_key(after, turns)] = text_of(cell)
            continue
        if index is not None and (grade_id_of(own[index]) is not None or text_of(own[index]) == text_of(cell)):
            continue  # an answer, a cell that is put back, or a plain cell as it was
        if index is None and copy_of is not None and not copy_of.solution:
            continue  # a copy of a test
        turns = _free(found, after, turns)
        found[added_key(after, turns)] = text_of(cell)
    return found


def _free(found: Mapping[str, str], after: int, turn: int) -> int:
    """Return the next turn after a cell that neither code nor text has."""
    while added_key(after, turn) in found or note_key(after, turn) in found:
        turn += 1
    return turn


def _past_plain(after: int, matching: Matching, own: Sequence[Mapping[str, Any]]) -> int:
    """Return the place after the plain cells that follow and are gone: the learner's version of one runs after it."""
    while after + 1 < len(own) and after + 1 not in matching.found and grade_id_of(own[after + 1]) is None:
        after += 1
    return after


def _strangers(matching: Matching, released: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence on cells that say they are graded and that the released lesson does not have."""
    known = {cell.grade_id for cell in grade_cells(released)}
    foreign = sum(len(places) for name, places in matching.copies.items() if name not in known)
    if foreign:
        yield f"{_count(foreign, 'cell', 'was', 'were')} marked as graded and the lesson has no such cell: no points."


def _answer_to_task(matching: Matching, task: GradeCell, released: Mapping[str, Any]) -> tuple[str, Sequence[int]]:
    """Return the text that answers a task, and where: cells that say so, else what was added below the task."""
    said = [place for place, cell in enumerate(matching.cells) if _answers(cell) == task.grade_id]
    if said:
        return "\n\n".join(text_of(matching.cells[place]) for place in said), said
    if task.index not in matching.found:
        return "", ()
    own = {text_of(cell) for cell in cells_of(released)}
    below = [
        place
        for place in _below(matching.cells, matching.found[task.index][0])
        if text_of(matching.cells[place]) not in own
    ]
    return "\n\n".join(_as_markdown(matching.cells[place]) for place in below), below


def _below(cells: Sequence[Mapping[str, Any]], index: int) -> Iterable[int]:
    """Yield the places after one, up to the next cell that nbgrader knows."""
    for place in range(index + 1, len(cells)):
        if grade_id_of(cells[place]) is not None:
            return
        if text_of(cells[place]).strip():
            yield place


def _as_markdown(cell: Mapping[str, Any]) -> str:
    text = text_of(cell)
    return f"```python\n{text}\n```" if cell.get("cell_type") == "code" else text


def _answers(cell: Mapping[str, Any]) -> object:
    metadata = cell.get("metadata")
    ours = metadata.get(OURS) if isinstance(metadata, Mapping) else None
    return ours.get(ANSWER_TO) if isinstance(ours, Mapping) else None


def _count(number: int, noun: str, one: str, many: str) -> str:
    return f"1 {noun} {one}" if number == 1 else f"{number} {noun}s {many}"
