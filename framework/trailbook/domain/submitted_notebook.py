"""A submitted file as a notebook: learners hand in anything, and what can be understood of it is.

Stricter reading, for what authors write, is `trailbook.domain.notebook_format`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from trailbook.domain.errors import Invalid, TooLarge
from trailbook.domain.notebook import source_of
from trailbook.domain.notebook_format import CELL_TYPES

MAX_BRACKETS = 1_000_000  # lists and objects in the JSON: each takes 60 bytes and more of memory
MAX_COMMAS = 5_000_000
CONFLICT = re.compile(rb"^(<{7}|>{7}) ", re.MULTILINE)


def read_submitted(content: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the notebook in a submitted file, and sentences on what was put right.

    Raises
    ------
    TooLarge
        ``too_many_values``: reading it would take too much memory.
    Invalid
        ``empty_file``, ``merge_conflict``, ``no_json`` or ``no_notebook``, with a message for the learner.
    """
    found = _parse(content)
    if not isinstance(found, dict):
        raise Invalid("no_notebook", "The file is JSON and no notebook. Hand in the notebook itself.")
    cells, repaired = _cells(found)
    metadata = found.get("metadata")
    mended = [_mend(cell) for cell in cells if isinstance(cell, dict)]
    usable = [cell for cell in mended if cell is not None]
    if len(usable) < len(cells):
        repaired += (f"{len(cells) - len(usable)} of {len(cells)} cells could not be read and were left out.",)
    return {"cells": usable, "metadata": metadata if isinstance(metadata, dict) else {}}, repaired


def _parse(content: bytes) -> Any:
    if not content.strip():
        raise Invalid("empty_file", "The file is empty. Save the notebook and hand it in again.")
    if content.count(b"[") + content.count(b"{") > MAX_BRACKETS or content.count(b",") > MAX_COMMAS:
        raise TooLarge("too_many_values", "The notebook has too much in it. Clear its outputs and hand it in again.")
    try:
        return json.loads(content.decode(json.detect_encoding(content)))
    except (ValueError, RecursionError) as error:  # ValueError: no JSON, no text, or a number of thousands of digits
        if CONFLICT.search(content):
            message = "The file has marks of an unfinished merge in it (<<<<<<<). Choose one version and save it."
            raise Invalid("merge_conflict", message) from error
        extra = isinstance(error, json.JSONDecodeError) and error.msg == "Extra data"
        what = "more than one notebook" if extra else "no notebook, or not all of one,"
        raise Invalid(
            "no_json", f"The file has {what} in it. Open it in JupyterLab, save, hand it in again."
        ) from error


def _cells(found: Mapping[str, Any]) -> tuple[list[Any], tuple[str, ...]]:
    """Return the entries for cells; before 2014 they were in worksheets, with other names."""
    cells = found.get("cells")
    if isinstance(cells, list):
        return cells, ()
    worksheets = found.get("worksheets")
    if not isinstance(worksheets, list):
        raise Invalid("no_notebook", "The file is JSON and no notebook. Hand in the notebook itself.")
    old = [cell for sheet in worksheets if isinstance(sheet, dict) for cell in _list_of(sheet.get("cells"))]
    new = [{**cell, "source": cell.get("input", cell.get("source"))} for cell in old if isinstance(cell, dict)]
    return new, ("The notebook was in a format from before 2014 and was read as today's.",)


def _list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mend(cell: dict[str, Any]) -> dict[str, Any] | None:
    """Return type, id, text and metadata of a cell, None where it has no text or no known type."""
    kind = "markdown" if cell.get("cell_type") == "heading" else cell.get("cell_type")
    source = cell.get("source")
    if kind not in CELL_TYPES or not isinstance(source, str | list):
        return None
    metadata = cell.get("metadata")
    kept = {key: value for key, value in metadata.items() if key != "nbgrader"} if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(nbgrader, dict):
        kept["nbgrader"] = nbgrader
    return {"cell_type": kind, "id": cell.get("id"), "metadata": kept, "source": source_of({"source": source})}
