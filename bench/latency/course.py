"""The course that is measured with: one lesson with numpy and pandas, two visible tests and a hidden one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

NAME, MODULE, LESSON, EXERCISE = "latency", "numbers", "averages", "means"
LESSON_PATH = f"{NAME}/{MODULE}/{LESSON}"
MANIFEST = {
    "name": NAME,
    "title": "A course to measure with",
    "description": "One lesson.",
    "modules": [{"name": MODULE, "title": "Numbers", "lessons": [{"name": LESSON, "title": "Averages"}]}],
}
SOLUTION = """def means(table):
    return table.groupby("region")["amount"].mean()"""
WRONG = """def means(table):
    return table.groupby("region")["amount"].median()"""
SETUP = """import numpy as np
import pandas as pd

orders = pd.DataFrame({"region": ["north", "south", "north", "south"] * 25, "amount": np.arange(100.0)})"""
VISIBLE = """found = means(orders)
assert isinstance(found, pd.Series), "Return a Series"
assert list(found.index) == ["north", "south"]"""
NUMBERS = """np.testing.assert_allclose(means(orders).to_numpy(), [49.0, 50.0])"""
HIDDEN = """### BEGIN HIDDEN TESTS
_few = pd.DataFrame({"region": ["a", "a", "a", "b"], "amount": [1.0, 2.0, 9.0, 3.0]})
pd.testing.assert_series_equal(means(_few), pd.Series([4.0, 3.0], index=["a", "b"]), check_names=False)
### END HIDDEN TESTS"""


def answer_of(number: int, *, right: bool = True) -> str:
    """Return an answer, different for each number."""
    return f"{SOLUTION if right else WRONG}\n\n# {number}\n"


def write_course(folder: Path) -> None:
    """Write the course's source and manifest."""
    source = folder / "source" / MODULE
    source.mkdir(parents=True)
    (source / f"{LESSON}.ipynb").write_text(json.dumps(_notebook()), encoding="utf-8")
    (folder / "course.yaml").write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")


def _notebook() -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [
        {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# Averages\n\nOne number for each region."},
        _code("setup", SETUP),
        _code("answer", f"### BEGIN SOLUTION\n{SOLUTION}\n### END SOLUTION", grade_id=EXERCISE, solution=True),
        _code("first", VISIBLE, grade_id="means-shape", grade=True, locked=True, points=1),
        _code("second", NUMBERS, grade_id="means-numbers", grade=True, locked=True, points=1),
        _code("third", HIDDEN, grade_id="means-few", grade=True, locked=True, points=2),
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


def _code(cell_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    defaults = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    metadata = {"nbgrader": {**defaults, **nbgrader}} if nbgrader else {}
    return {
        "cell_type": "code", "id": cell_id, "metadata": metadata, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip
