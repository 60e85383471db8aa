"""Learners' notebooks out of authors' notebooks, with nbgrader's own preprocessors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trailbook.adapters.nbgrader.autotests import instantiate_tests
from trailbook.adapters.nbgrader.pipeline import Pipeline
from trailbook.adapters.nbgrader.settings import NbgraderCourse
from trailbook.domain.errors import ProblemsFound
from trailbook.domain.notebook_format import with_stable_ids
from trailbook.domain.problem import Problem, refuse_problems
from trailbook.services.ports import Notebook


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

    def prepare(self, notebook: Notebook, files: Mapping[str, bytes] | None = None) -> Notebook:
        """Return what graders work on: header, footer and instantiated tests included, metadata of today's schema.

        Raises
        ------
        ProblemsFound
            Header or footer cannot be read, the cells' metadata cannot be brought to today's schema, or nbgrader
            cannot write the tests of AUTOTEST lines.
        """
        course = NbgraderCourse.read(self._path)
        complete = instantiate_tests(_with_header_and_footer(notebook, course), course, files or {})
        return with_stable_ids(Pipeline(course.settings).lock(complete))

    def strip(self, notebook: Notebook, files: Mapping[str, bytes] | None = None) -> Notebook:
        """Return a copy without solutions, hidden tests, marking schemes and outputs.

        Raises
        ------
        ProblemsFound
            Everything that keeps nbgrader from making a release of it.
        """
        course = NbgraderCourse.read(self._path)
        pipeline = Pipeline(course.settings)
        complete = _with_header_and_footer(notebook, course)
        problems = []
        try:
            complete = instantiate_tests(complete, course, files or {})
        except ProblemsFound as refusal:  # told together with what else is wrong
            problems = [Problem(**plain) for plain in refusal.details["problems"]]
        prepared = with_stable_ids(pipeline.lock(complete))
        refuse_problems([*problems, *pipeline.find_problems(prepared)], "nbgrader cannot make a release")
        return with_stable_ids(pipeline.hide_tests(pipeline.hide_solutions(prepared)))


def _with_header_and_footer(notebook: Notebook, course: NbgraderCourse) -> Notebook:
    cells = list(notebook["cells"])
    header, footer = course.read_extra("header"), course.read_extra("footer")
    if header is not None:
        cells = [*header["cells"], *cells]
    if footer is not None:
        cells = [*cells, *footer["cells"]]
    return {**notebook, "cells": cells}
