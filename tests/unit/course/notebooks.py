"""Small notebooks for tests."""

from __future__ import annotations

from typing import Any

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def markdown(text: str, **metadata: Any) -> dict[str, Any]:
    """Return a Markdown cell."""
    return {"cell_type": "markdown", "metadata": metadata, "source": text}


def code(text: str, **metadata: Any) -> dict[str, Any]:
    """Return a code cell."""
    return {"cell_type": "code", "metadata": metadata, "source": text, "outputs": [], "execution_count": None}


def nbgrader(grade_id: str, **values: Any) -> dict[str, Any]:
    """Return nbgrader's metadata of today's schema."""
    base = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "grade_id": grade_id}
    return {"nbgrader": {**base, **values}}


def answer(grade_id: str, text: str) -> dict[str, Any]:
    """Return a cell a learner fills with code."""
    return code(text, **nbgrader(grade_id, solution=True))


def asserts(grade_id: str, text: str, points: float = 1) -> dict[str, Any]:
    """Return a cell that grades."""
    return code(text, **nbgrader(grade_id, grade=True, locked=True, points=points))


def written(grade_id: str, text: str, points: float = 2) -> dict[str, Any]:
    """Return a written answer that a person grades."""
    return markdown(text, **nbgrader(grade_id, grade=True, solution=True, points=points))


def notebook(*cells: dict[str, Any], minor: int = 4, **metadata: Any) -> dict[str, Any]:
    """Return a notebook of these cells."""
    return {"cells": list(cells), "metadata": {**KERNEL, **metadata}, "nbformat": 4, "nbformat_minor": minor}
