"""What runs where in one pass through a notebook, and what need not run at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from trailbook.adapters.sandbox.separate.names import Names, names_of
from trailbook.domain.notebook import GradeCell, cells_of, grade_cells, source_of
from trailbook.domain.rebuild import added_key_of


class Kind(Enum):
    """What a code cell is to the grading."""

    ANSWER = auto()  # the learner's; runs in the learner's process only
    SHARED = auto()  # the instructor's; runs in both
    TEST = auto()  # runs in the tester only


@dataclass(frozen=True)
class Step:
    """One code cell of a pass.

    Attributes
    ----------
    grade_id
        nbgrader's name of the cell, "" where it has none.
    is_wanted
        A test whose outcome counts; others run for the names they bind.
    """

    index: int
    source: str
    kind: Kind
    grade_id: str = ""
    is_wanted: bool = False


def make_plan(
    notebook: Mapping[str, Any], wanted: Collection[str], references: Mapping[str, str] | None = None
) -> tuple[Step, ...]:
    """Return the steps of a pass, in the notebook's order, up to the last test that is wanted.

    Tests that are not wanted are left out, but for those that bind a name which a step that runs needs.

    Parameters
    ----------
    notebook
        The rebuilt notebook.
    wanted
        ``grade_id`` of the test cells whose outcome counts.
    references
        The author's answers by ``grade_id``: what an answer needs is read there, never in the learner's text.
    """
    steps = [step for step in _all_steps(notebook, wanted) if step.source.strip()]
    last = max((step.index for step in steps if step.is_wanted), default=-1)
    steps = [step for step in steps if step.index <= last]
    kept = [step for step in steps if step.kind is not Kind.TEST or step.is_wanted]
    spare = [step for step in steps if step not in kept]
    while spare:
        needed = {name for step in kept for name in _names(step, references or {}).needs}
        more = [step for step in spare if _binds_any(names_of(step.source), needed)]
        if not more:
            break
        kept += more
        spare = [step for step in spare if step not in more]
    return tuple(sorted(kept, key=lambda step: step.index))


def tests_of(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ``grade_id`` of every test cell that runs, in order."""
    return tuple(cell.grade_id for cell in grade_cells(notebook) if cell.is_test and cell.cell_type == "code")


def _all_steps(notebook: Mapping[str, Any], wanted: Collection[str]) -> Sequence[Step]:
    marked = {cell.index: cell for cell in grade_cells(notebook)}
    return [
        Step(index, source_of(cell), Kind.ANSWER, key)
        if (key := added_key_of(cell))
        else _step(index, source_of(cell), marked.get(index), wanted)
        for index, cell in enumerate(cells_of(notebook))
        if cell.get("cell_type") == "code"
    ]


def _step(index: int, source: str, cell: GradeCell | None, wanted: Collection[str]) -> Step:
    if cell is None:
        return Step(index, source, Kind.SHARED)
    if cell.solution:
        return Step(index, source, Kind.ANSWER, cell.grade_id)
    if cell.is_test:
        return Step(index, source, Kind.TEST, cell.grade_id, is_wanted=cell.grade_id in wanted)
    return Step(index, source, Kind.SHARED, cell.grade_id)


def _names(step: Step, references: Mapping[str, str]) -> Names:
    return names_of(references.get(step.grade_id, "") if step.kind is Kind.ANSWER else step.source)


def _binds_any(names: Names, needed: Collection[str]) -> bool:
    return not names.is_clear or any(name in needed for name in names.binds)
