"""nbgrader's own preprocessors, configured as the course says and run in memory, without a kernel or a gradebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jsonschema import ValidationError
from nbformat.notebooknode import from_dict
from nbgrader.nbgraderformat import MetadataValidator, SchemaTooNewError, SchemaTooOldError
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets import TraitError
from traitlets.config import Config

from trailbook.domain.errors import ProblemsFound
from trailbook.domain.nbgrader_config import PYTHON_FILE, SUPPORTED, NbgraderSettings
from trailbook.domain.notebook_format import describe_cell
from trailbook.domain.problem import Problem, refuse_problems
from trailbook.services.ports import Notebook

REFUSALS = (
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    ValidationError,
    SchemaTooOldError,
    SchemaTooNewError,
)
"""What nbgrader's preprocessors raise about a notebook they cannot work on."""

HIDE_SOLUTIONS = (ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)
HIDE_TESTS = (ClearHiddenTests, ClearMarkScheme, ComputeChecksums, CheckCellMetadata)
"""The order of `nbgrader generate_assignment`, which saves the cells to the gradebook between the two."""

Step = Callable[[Any], Any]
"""What a preprocessor does to a notebook of nbformat's own type."""


class Pipeline:
    """The steps of `nbgrader generate_assignment` on notebooks in memory.

    Parameters
    ----------
    settings
        What the course's nbgrader configuration sets.
    """

    def __init__(self, settings: NbgraderSettings) -> None:
        self._config = Config({name: dict(settings[name]) for name in SUPPORTED if name in settings})

    def lock(self, notebook: Notebook) -> Notebook:
        """Return the notebook with metadata of today's schema and with the cells locked that nbgrader locks."""

        def upgrade(node: Any) -> Any:
            return MetadataValidator().upgrade_notebook_metadata(node)

        return self._run(notebook, [upgrade, self._step(LockCells)])

    def hide_solutions(self, locked: Notebook) -> Notebook:
        """Return the locked notebook as nbgrader's gradebook has it: solutions replaced, hidden tests still there."""
        return self._run(locked, [self._step(kind) for kind in HIDE_SOLUTIONS])

    def hide_tests(self, without_solutions: Notebook) -> Notebook:
        """Return what learners receive, from what `hide_solutions` returned."""
        return self._run(without_solutions, [self._step(kind) for kind in HIDE_TESTS])

    def find_problems(self, locked: Notebook) -> list[Problem]:
        """Return what keeps nbgrader from making a release, cell by cell, in nbgrader's words."""
        problems = []
        for cell in locked["cells"]:
            alone = {**locked, "cells": [cell]}
            try:
                self.hide_tests(self.hide_solutions(alone))
            except ProblemsFound as refusal:
                name = describe_cell(cell)
                problems += [Problem(**{**plain, "cell": name}) for plain in refusal.details["problems"]]
        return problems

    def _step(self, kind: type) -> Step:
        try:
            preprocessor = kind(config=self._config)
        except TraitError as error:
            refuse_problems([Problem("nbgrader_config", f"{error} Correct it.", PYTHON_FILE)], "nbgrader is not set up")
            raise

        def run(node: Any) -> Any:
            # Calling, not `preprocess`, heeds the preprocessor's `enabled`.
            return preprocessor(node, {})[0]

        return run

    def _run(self, notebook: Notebook, steps: Sequence[Step]) -> Notebook:
        node = to_node(notebook)
        try:
            for step in steps:
                node = step(node)
        except REFUSALS as error:
            message = f"nbgrader cannot make a release of this: {_first_line(error)}."
            raise ProblemsFound(
                "problems_found", message, problems=[Problem("nbgrader", message).as_plain()]
            ) from error
        return to_plain(node)


def to_node(notebook: Mapping[str, Any]) -> Any:
    """Return a deep copy as nbformat's own type, which nbgrader works on."""
    return from_dict(json.loads(json.dumps(notebook)))  # type: ignore[no-untyped-call]  # nbformat has no types


def to_plain(node: Any) -> Notebook:
    """Return a deep copy as plain JSON values."""
    plain: Notebook = json.loads(json.dumps(node))
    return plain


def _first_line(error: Exception) -> str:
    text = error.message if isinstance(error, ValidationError) else str(error)
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
