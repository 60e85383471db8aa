"""Finding the released cells again in a notebook that was saved by any program and changed in any way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from trailbook.domain.notebook import GradeCell, cells_of, grade_cells, source_of

PLACE_ID = re.compile(r"cell-\d+(-\d+)?")
"""A cell id that only says where the cell stood, given to notebooks that had none: it finds nothing again."""

SIMILAR = 0.6  # share of text in common from which two cells can be the same
MARGIN = 0.15  # by which the most similar cell must be ahead of the next
COMPARED_CHARACTERS = 4_000  # of each text; comparing takes time with the square of it
MOST_CANDIDATES = 40  # cells compared with one that is sought


class FoundBy(StrEnum):
    """How a released cell was found in the submission."""

    MARK = "mark"
    CELL_ID = "cell id"
    TEXT = "text"
    PLACE = "place"


@dataclass
class Matching:
    """Which cell of the submission is which released cell.

    Attributes
    ----------
    cells
        The submission's cells.
    found
        By place of the released cell: place in the submission, and how it was found.
    copies
        By ``grade_id``: every place in the submission that has it.
    """

    cells: Sequence[Mapping[str, Any]]
    found: dict[int, tuple[int, FoundBy]] = field(default_factory=dict)
    copies: dict[str, list[int]] = field(default_factory=dict)

    @property
    def released_at(self) -> dict[int, int]:
        """Return place of the released cell by place in the submission."""
        return {place: index for index, (place, _) in self.found.items()}


def match_cells(submitted: Mapping[str, Any], released: Mapping[str, Any]) -> Matching:
    """Return which cell is which: by ``grade_id`` (the last of several, as in nbgrader), else by cell id, else by text.

    A cell is found by its text only where no other could be meant. Where no cell has nbgrader's mark any more, an
    answer is also found by standing alone between the same neighbours.
    """
    matching = Matching(cells_of(submitted))
    for place, cell in enumerate(matching.cells):
        if (grade_id := grade_id_of(cell)) is not None:
            matching.copies.setdefault(grade_id, []).append(place)
    wanted = {cell.index: cell for cell in grade_cells(released)}
    _by_mark(matching, wanted)
    _by_cell_id(matching, released)
    _by_same_text(matching, released)
    missing = [cell for index, cell in wanted.items() if index not in matching.found and not cell.task]
    if missing:
        _by_similar_text(matching, missing)
        if not matching.copies:
            _by_place(matching, missing, len(cells_of(released)))
    return matching


def grade_id_of(cell: Mapping[str, Any]) -> str | None:
    """Return a cell's ``grade_id``, or None."""
    found = next(grade_cells({"cells": [cell]}), None)
    return found.grade_id if found is not None else None


def text_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's text with one kind of line end, and nothing in it that is no text."""
    text = source_of(cell).encode("utf-8", errors="replace").decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _by_mark(matching: Matching, wanted: Mapping[int, GradeCell]) -> None:
    for index, cell in wanted.items():
        if places := matching.copies.get(cell.grade_id):
            matching.found[index] = (places[-1], FoundBy.MARK)


def _by_cell_id(matching: Matching, released: Mapping[str, Any]) -> None:
    ids = {
        cell["id"]: place
        for place, cell in _unmarked(matching)
        if isinstance(cell.get("id"), str) and not PLACE_ID.fullmatch(cell["id"])
    }
    for index, cell in enumerate(cells_of(released)):
        place = ids.get(cell["id"]) if isinstance(cell.get("id"), str) else None
        if index not in matching.found and place is not None:
            matching.found[index] = (place, FoundBy.CELL_ID)


def _by_same_text(matching: Matching, released: Mapping[str, Any]) -> None:
    """Match cells of the same text, first with first; texts that say nothing match nothing."""
    texts: dict[tuple[str, str], list[int]] = {}
    taken = matching.released_at
    for place, cell in _unmarked(matching):
        if place not in taken:
            texts.setdefault((str(cell.get("cell_type")), text_of(cell).strip()), []).append(place)
    for index, cell in enumerate(cells_of(released)):
        same = texts.get((str(cell.get("cell_type")), text_of(cell).strip()))
        if index not in matching.found and same and text_of(cell).strip():
            matching.found[index] = (same.pop(0), FoundBy.TEXT)


def _by_similar_text(matching: Matching, missing: Sequence[GradeCell]) -> None:
    taken = matching.released_at
    free = [place for place, _ in _unmarked(matching) if place not in taken][:MOST_CANDIDATES]
    likeness = {
        (cell.index, place): _likeness(cell.source, text_of(matching.cells[place]))
        for cell in missing
        for place in free
        if matching.cells[place].get("cell_type") == cell.cell_type
    }
    for (index, place), share in likeness.items():
        rivals = [other for pair, other in likeness.items() if (pair[0] == index) != (pair[1] == place)]
        if share >= SIMILAR and share - max(rivals, default=0.0) >= MARGIN:
            matching.found[index] = (place, FoundBy.TEXT)


def _by_place(matching: Matching, missing: Sequence[GradeCell], released_cells: int) -> None:
    """Match an answer that is the only one of its type missing between two neighbours that were found."""
    for cell in missing:
        if cell.index in matching.found:
            continue
        before = max((index for index in matching.found if index < cell.index), default=-1)
        after = min((index for index in matching.found if index > cell.index), default=released_cells)
        sought = [each for each in missing if before < each.index < after and each.cell_type == cell.cell_type]
        first = matching.found[before][0] + 1 if before >= 0 else 0
        last = matching.found[after][0] if after < released_cells else len(matching.cells)
        free = [
            place
            for place in range(first, last)
            if matching.cells[place].get("cell_type") == cell.cell_type and text_of(matching.cells[place]).strip()
        ]
        if cell.solution and len(sought) == len(free) == 1:
            matching.found[cell.index] = (free[0], FoundBy.PLACE)


def _unmarked(matching: Matching) -> Iterator[tuple[int, Mapping[str, Any]]]:
    marked = {place for places in matching.copies.values() for place in places}
    return ((place, cell) for place, cell in enumerate(matching.cells) if place not in marked)


def _likeness(released: str, submitted: str) -> float:
    """Return the share of the released text that is in the submitted one, in [0, 1]: learners add, and keep."""
    first, second = released.strip()[:COMPARED_CHARACTERS], submitted.strip()[:COMPARED_CHARACTERS]
    if not first or not second:
        return 0.0
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() == 0.0:
        return 0.0
    kept = sum(block.size for block in matcher.get_matching_blocks() if block.size > 3)
    return kept / len(first)
