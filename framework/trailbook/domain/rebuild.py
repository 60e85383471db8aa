"""The notebook that is graded: the instructor's, with the learner's answers and added cells in it."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from trailbook.domain.notebook import cells_of, grade_cells

OURS, ANSWER_TO, ADDED = "trailbook", "answer_to", "added"
"""Our part of a cell's metadata, and its keys: the task a cell answers; the key of a cell the learner added."""

ADDED_KEY = re.compile(r"\+(-?\d+)\.(\d+)")
"""Names an added cell among answers: the place of the source's cell it stands after (-1 at the top), and its turn."""


def added_key(after: int, turn: int) -> str:
    """Return the key of an added code cell among answers; no ``grade_id`` that nbgrader allows looks so.

    >>> added_key(3, 0)
    '+3.0'
    """
    return f"+{after}.{turn}"


NOTE_KEY = re.compile(r"~(-?\d+)\.(\d+)")
"""Names a text cell the learner added, in the same way."""


def note_key(after: int, turn: int) -> str:
    """Return the key of an added text cell among answers; it is shown to graders and never run.

    >>> note_key(3, 1)
    '~3.1'
    """
    return f"~{after}.{turn}"


FILES_KEY = added_key(-2, 0)
"""Key of the cell that puts the files handed in beside a notebook there, before everything else."""


def files_cell(files: Mapping[str, bytes]) -> str:
    """Return the code that writes files into the folder a notebook runs in; it binds no name and shows nothing.

    They go this way, with the learner's code, so that none of them is ever beside the instructor's tests.
    """
    texts = {path: base64.b64encode(content).decode() for path, content in files.items()}
    return (
        "# Files handed in beside the notebook.\n"
        "[(path.parent.mkdir(parents=True, exist_ok=True), path.write_bytes(__import__('base64').b64decode(text)))\n"
        f" for name, text in {texts!r}.items() for path in [__import__('pathlib').Path(name)]];"
    )


def added_key_of(cell: Mapping[str, Any]) -> str:
    """Return the key of a rebuilt notebook's cell that the learner added, "" for every other: their code, as answers.

    Such a cell is trusted as little as an answer: it runs in the learner's process only.
    """
    metadata = cell.get("metadata")
    ours = metadata.get(OURS) if isinstance(metadata, Mapping) else None
    key = ours.get(ADDED) if isinstance(ours, Mapping) else None
    return key if isinstance(key, str) else ""


def rebuild(source: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """Return the source notebook with the learner's answers in its answer cells, and no output.

    An answer cell without an answer becomes empty: the author's solution in it must never be graded. A task's answer
    becomes a Markdown cell after the task. Answers under an `added_key` become code cells of their own, marked as the
    learner's, and those under a `note_key` Markdown cells. Answers to cells the source does not have are left out.
    """
    notebook = {key: copy.deepcopy(value) for key, value in source.items() if key != "cells"}
    marked = {cell.index: cell for cell in grade_cells(source)}
    added = _added(answers)
    cells: list[dict[str, Any]] = [*added.get(-2, ()), *added.get(-1, ())]
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
        cells += added.get(index, ())
    notebook["cells"] = cells
    return notebook


def _added(answers: Mapping[str, str]) -> dict[int, list[dict[str, Any]]]:
    """Return the learner's own cells by the place they stand after, each place's in order."""
    found: dict[int, list[dict[str, Any]]] = {}
    for after, turn, text, is_code in sorted(_places(answers)):
        name = f"-{after + 1}-{turn}"
        if is_code:
            marks = {OURS: {ADDED: added_key(after, turn)}}
            cell = {"cell_type": "code", "id": f"added{name}", "metadata": marks, "source": text}
            found.setdefault(after, []).append({**cell, "execution_count": None, "outputs": []})
        else:
            note = {"cell_type": "markdown", "id": f"note{name}", "metadata": {}, "source": text}
            found.setdefault(after, []).append(note)
    return found


def _places(answers: Mapping[str, str]) -> Iterator[tuple[int, int, str, bool]]:
    for key, text in answers.items():
        for pattern, is_code in ((ADDED_KEY, True), (NOTE_KEY, False)):
            match = pattern.fullmatch(key)
            if match is not None and text.strip():
                yield int(match[1]), int(match[2]), text, is_code


def _task_answer(grade_id: str, text: str, cell_id: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {OURS: {ANSWER_TO: grade_id}}, "source": text}
