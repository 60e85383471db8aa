"""Learners' notebooks out of authors' notebooks, with nbgrader's own preprocessors."""

from __future__ import annotations

from pathlib import Path

from trailbook.adapters.nbgrader.pipeline import Pipeline
from trailbook.adapters.nbgrader.settings import NbgraderCourse
from trailbook.domain.notebook import cells_of, source_of
from trailbook.domain.notebook_format import describe_cell, with_stable_ids
from trailbook.domain.problem import Problem, refuse_problems
from trailbook.services.ports import Notebook

AUTOTEST_MARKER = "AUTOTEST"


class NbgraderStripper:
    """Makes releases as `nbgrader generate_assignment` does; see `trailbook.services.ports.Stripper`.

    The course's configuration is read anew each time: an author may have changed it.

    Parameters
    ----------
    path
        The course folder.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def prepare(self, notebook: Notebook) -> Notebook:
        """Return what graders work on: header and footer included, metadata of today's schema, stable cell ids.

        Raises
        ------
        ProblemsFound
            Header or footer cannot be read, or the cells' metadata cannot be brought to today's schema.
        """
        course = NbgraderCourse.read(self._path)
        return _prepare(notebook, course, Pipeline(course.settings))

    def strip(self, notebook: Notebook) -> Notebook:
        """Return a copy without solutions, hidden tests, marking schemes and outputs.

        Raises
        ------
        ProblemsFound
            Everything that keeps nbgrader from making a release of it.
        """
        course = NbgraderCourse.read(self._path)
        pipeline = Pipeline(course.settings)
        prepared = _prepare(notebook, course, pipeline)
        refuse_problems(
            [*_autotests(prepared, course), *pipeline.find_problems(prepared)], "nbgrader cannot make a release"
        )
        return with_stable_ids(pipeline.hide_tests(pipeline.hide_solutions(prepared)))


def _prepare(notebook: Notebook, course: NbgraderCourse, pipeline: Pipeline) -> Notebook:
    cells = list(notebook["cells"])
    header, footer = course.read_extra("header"), course.read_extra("footer")
    if header is not None:
        cells = [*header["cells"], *cells]
    if footer is not None:
        cells = [*cells, *footer["cells"]]
    return with_stable_ids(pipeline.lock({**notebook, "cells": cells}))


def _autotests(prepared: Notebook, course: NbgraderCourse) -> list[Problem]:
    """Return a problem for each cell with nbgrader's autotests, whose tests only a running kernel can write."""
    marker = str(course.settings.get("InstantiateTests", {}).get("autotest_delimiter", AUTOTEST_MARKER))
    message = (
        f"The cell has an {marker} line, which nbgrader turns into tests by running the notebook. "
        "Run `nbgrader generate_source_with_tests` and use the notebook it makes."
    )
    return [
        Problem("autotest", message, cell=describe_cell(cell))
        for cell in cells_of(prepared)
        if cell["cell_type"] == "code" and any(_is_autotest(line, marker) for line in source_of(cell).splitlines())
    ]


def _is_autotest(line: str, marker: str) -> bool:
    return line.lstrip().startswith("#") and marker in line
