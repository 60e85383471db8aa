"""Which test cells their author lets run within the learner's process, as the notebook itself says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trailbook.domain.notebook import cells_of, grade_cells

TAG = "in-process"


def declared_cells(source: Mapping[str, Any]) -> frozenset[str]:
    """Return the ``grade_id`` of the test cells a notebook declares: by the tag ``in-process`` or in our metadata.

    >>> marks = {"nbgrader": {"grade_id": "t", "grade": True}, "tags": ["in-process"]}
    >>> declared_cells({"cells": [{"cell_type": "code", "source": "", "metadata": marks}]})
    frozenset({'t'})
    """
    cells = cells_of(source)
    return frozenset(cell.grade_id for cell in grade_cells(source) if cell.is_test and _says_so(cells[cell.index]))


def _says_so(cell: Mapping[str, Any]) -> bool:
    metadata = cell["metadata"]
    tags, ours = metadata.get("tags"), metadata.get("trailbook")
    return (isinstance(tags, list) and TAG in tags) or (isinstance(ours, Mapping) and ours.get("in_process") is True)
