"""Notebooks as nbgrader's authors and releases have them, cell by cell."""

from __future__ import annotations

from typing import Any

Cell = dict[str, Any]


def notebook(*cells: Cell) -> dict[str, Any]:
    """Return a notebook of these cells, each with an id of its own."""
    numbered = [{"id": f"cell-{index}", **cell} for index, cell in enumerate(cells)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": numbered}


def markdown(source: str) -> Cell:
    """Return a text cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str) -> Cell:
    """Return an example."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def answer(grade_id: str, source: str = "") -> Cell:
    """Return a code answer that tests grade."""
    return _graded(code(source), grade_id, solution=True, grade=False)


def check(grade_id: str, source: str = "assert True", *, points: float = 1.0) -> Cell:
    """Return a test cell."""
    return _graded(code(source), grade_id, solution=False, grade=True, locked=True, points=points)


def written(grade_id: str, source: str = "", *, points: float = 2.0) -> Cell:
    """Return a text answer that a person grades."""
    return _graded(markdown(source), grade_id, solution=True, grade=True, points=points)


def manual_code(grade_id: str, source: str = "", *, points: float = 2.0) -> Cell:
    """Return a code answer that a person grades."""
    return _graded(code(source), grade_id, solution=True, grade=True, points=points)


def task(grade_id: str, source: str = "Draw it.", *, points: float = 3.0) -> Cell:
    """Return an nbgrader task."""
    return _graded(markdown(source), grade_id, solution=False, grade=False, locked=True, task=True, points=points)


def locked(grade_id: str, source: str = "") -> Cell:
    """Return a read-only cell."""
    return _graded(code(source), grade_id, solution=False, grade=False, locked=True)


def _graded(
    cell: Cell,
    grade_id: str,
    *,
    solution: bool,
    grade: bool,
    locked: bool = False,
    task: bool = False,
    points: float | None = None,
) -> Cell:
    marks: dict[str, Any] = {"grade_id": grade_id, "schema_version": 3}
    marks |= {"solution": solution, "grade": grade, "locked": locked, "task": task}
    if points is not None:
        marks["points"] = points
    return {**cell, "metadata": {"nbgrader": marks}}
