"""A notebook's text as a notebook: what is malformed is a problem with a place, and what can be mended is mended.

Made for the JSON of nbformat 4; the result is always nbformat 4.5 with a stable id in every cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from trailbook.domain.notebook import source_of
from trailbook.domain.problem import Problem

CELL_TYPES = ("code", "markdown", "raw")
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read_notebook(text: str, file: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Return the notebook written in the text, and what is wrong with it; None where it cannot be used.

    Parameters
    ----------
    file
        The path that problems name.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"This is no JSON ({error.msg}). Restore the notebook from a copy, or open and save it in JupyterLab."
        return None, [Problem("no_json", message, file, line=error.lineno)]
    except RecursionError:
        return None, [Problem("no_json", "This is nested too deeply for a notebook.", file)]
    problems = list(_shape_problems(found, file))
    if problems:
        return None, problems
    mended = {
        "cells": [_mend_cell(cell) for cell in found["cells"]],
        "metadata": found["metadata"],
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return with_stable_ids(mended), _id_problems(found, file)


def with_stable_ids(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy in which every cell has an id: its own where that is valid and first, else ``cell-<index>``.

    >>> cells = [{"id": "a"}, {"id": "a"}, {}]
    >>> [cell["id"] for cell in with_stable_ids({"cells": cells})["cells"]]
    ['a', 'cell-1', 'cell-2']
    """
    wanted = {cell["id"] for cell in notebook["cells"] if _is_cell_id(cell.get("id"))}
    used: set[str] = set()
    cells = []
    for index, cell in enumerate(notebook["cells"]):
        cell_id = cell.get("id")
        if not _is_cell_id(cell_id) or cell_id in used:
            cell_id = _free_id(f"cell-{index}", used | wanted)
        used.add(cell_id)
        cells.append({**cell, "id": cell_id})
    return {**notebook, "cells": cells, "nbformat": 4, "nbformat_minor": 5}


def describe_cell(cell: Mapping[str, Any]) -> str:
    """Return how problems name a cell of a notebook with a header, where places are not the author's.

    >>> describe_cell({"source": "\\nsquares(10)\\n", "metadata": {}})
    '"squares(10)"'
    """
    first_line = next((line.strip() for line in source_of(cell).splitlines() if line.strip()), "")
    return _grade_id_of(cell) or f'"{first_line[:40]}"'


def name_of_cell(cell: Mapping[str, Any], index: int) -> str:
    """Return how problems name a cell: its ``grade_id``, else its place from 1."""
    return _grade_id_of(cell) or str(index + 1)


def _grade_id_of(cell: Mapping[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, Mapping) else None
    return grade_id if isinstance(grade_id, str) else ""


def _shape_problems(found: Any, file: str) -> Iterable[Problem]:
    if not isinstance(found, dict) or not isinstance(found.get("cells", []), list) or "nbformat" not in found:
        yield Problem("no_notebook", "This is JSON but no notebook. Save it again from JupyterLab.", file)
        return
    if found["nbformat"] != 4 or "cells" not in found:
        old = "This notebook is in a format from before 2014 or from the future. Open and save it in JupyterLab."
        yield Problem("notebook_version", old, file)
        return
    if not isinstance(found.get("metadata"), dict):
        yield Problem("no_notebook", "The notebook has no metadata. Save it again from JupyterLab.", file)
    for index, cell in enumerate(found["cells"]):
        fault = _cell_fault(cell)
        if fault:
            name = name_of_cell(cell, index) if isinstance(cell, dict) else str(index + 1)
            yield Problem("broken_cell", f"{fault} Write the cell anew.", file, cell=name)


def _cell_fault(cell: Any) -> str:
    """Return what makes a cell unusable, as a sentence, or ""."""
    if not isinstance(cell, dict):
        return "This entry of the notebook is no cell."
    if cell.get("cell_type") not in CELL_TYPES:
        return "The cell is neither code nor Markdown nor raw text."
    source = cell.get("source")
    if not isinstance(source, str) and not (isinstance(source, list) and all(isinstance(s, str) for s in source)):
        return "The cell has no text."
    if not isinstance(cell.get("metadata", {}), dict) or not isinstance(cell.get("attachments", {}), dict):
        return "The cell's metadata cannot be read."
    if not isinstance(cell.get("metadata", {}).get("nbgrader", {}), dict):
        return "The cell's nbgrader metadata cannot be read."
    outputs = cell.get("outputs", [])
    if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
        return "The cell's outputs cannot be read."
    return ""


def _mend_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    mended = {**cell, "source": source_of(cell), "metadata": dict(cell.get("metadata", {}))}
    if cell["cell_type"] == "code":
        mended.pop("attachments", None)
        mended["outputs"] = list(cell.get("outputs", []))
        mended["execution_count"] = cell.get("execution_count")
    else:
        mended.pop("outputs", None)
        mended.pop("execution_count", None)
    return mended


def _id_problems(notebook: Mapping[str, Any], file: str) -> list[Problem]:
    """Return a warning for ids that are missing, invalid or used twice; notebooks before 4.5 have none by right."""
    minor = notebook.get("nbformat_minor")
    if not isinstance(minor, int) or minor < 5:
        return []
    seen: set[str] = set()
    broken = []
    for index, cell in enumerate(notebook["cells"]):
        cell_id = cell.get("id")
        if not _is_cell_id(cell_id) or cell_id in seen:
            broken.append(name_of_cell(cell, index))
        else:
            seen.add(cell_id)
    if not broken:
        return []
    message = (
        f"Cell ids are missing or used twice (cells {', '.join(broken)}). Trailbook gives these cells ids by their "
        "place; open and save the notebook in JupyterLab to give them ids that stay."
    )
    return [Problem("cell_ids", message, file, cell=broken[0], warning=True)]


def _is_cell_id(value: object) -> bool:
    return isinstance(value, str) and CELL_ID.fullmatch(value) is not None


def _free_id(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 0
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found
