"""Stripping with nbgrader's own preprocessors: what is taken out, and what authors are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.domain.errors import ProblemsFound
from trailbook.domain.notebook_format import read_notebook

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def cell(source: str, kind: str = "code", **nbgrader: Any) -> dict[str, Any]:
    """Return a cell, with nbgrader's metadata when there is any."""
    defaults = {"schema_version": 3, "grade": False, "solution": False, "locked": False}
    metadata = {"nbgrader": {**defaults, **nbgrader}} if nbgrader else {}
    extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, **extra}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook as the course folder reads it."""
    found, _ = read_notebook(json.dumps({"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 4}), "f")
    assert found is not None
    return found


SOLVED = cell("def f():\n    ### BEGIN SOLUTION\n    return 42\n    ### END SOLUTION", grade_id="f", solution=True)
TESTED = cell(
    "assert f\n### BEGIN HIDDEN TESTS\nassert f() == 42\n### END HIDDEN TESTS",
    grade_id="t",
    grade=True,
    locked=True,
    points=1,
)


def refused(path: Path, *cells: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the problems that stripping these cells gives."""
    with pytest.raises(ProblemsFound) as caught:
        NbgraderStripper(path).strip(notebook(*cells))
    return [(problem["code"], problem["cell"], problem["message"]) for problem in caught.value.details["problems"]]


def test_solutions_hidden_tests_schemes_and_outputs_are_taken_out(tmp_path: Path) -> None:
    task = cell(
        "Do it.\n=== BEGIN MARK SCHEME ===\n1 point for trying\n=== END MARK SCHEME ===",
        "markdown",
        grade_id="k",
        task=True,
        locked=True,
        points=1,
    )
    shown = {**cell("1 + 1"), "outputs": [{"output_type": "stream", "name": "stdout", "text": "2"}]}
    source = notebook(SOLVED, TESTED, task, shown)
    before = json.dumps(source)
    released = NbgraderStripper(tmp_path).strip(source)
    assert [each["source"] for each in released["cells"]] == [
        "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()",
        "assert f",
        "Do it.",
        "1 + 1",
    ]
    assert all(not each.get("outputs") for each in released["cells"])
    assert json.dumps(source) == before
    prepared = NbgraderStripper(tmp_path).prepare(source)
    assert [each["id"] for each in prepared["cells"]] == [each["id"] for each in released["cells"]]
    assert "return 42" in prepared["cells"][0]["source"]


def test_metadata_of_old_schemas_is_upgraded_in_memory(tmp_path: Path) -> None:
    old = {"grade_id": "f", "solution": True, "grade": False, "locked": False, "points": ""}
    first = cell("x = 1")
    first["metadata"] = {"nbgrader": old}
    second = cell("assert x")
    second["metadata"] = {
        "nbgrader": {**old, "schema_version": 1, "grade_id": "t", "solution": False, "grade": True, "points": 2}
    }
    released = NbgraderStripper(tmp_path).strip(notebook(first, second))
    assert [each["metadata"]["nbgrader"]["schema_version"] for each in released["cells"]] == [3, 3]
    assert released["cells"][0]["source"].startswith("# YOUR CODE HERE")


def test_every_cell_nbgrader_refuses_is_told_at_once(tmp_path: Path) -> None:
    problems = refused(
        tmp_path,
        cell("### BEGIN SOLUTION\nx = 1", grade_id="open", solution=True),
        cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
        cell("### BEGIN HIDDEN TESTS\nassert 1\n### END HIDDEN TESTS", grade_id="hidden", solution=True),
        cell("# keep\n# HASHED AUTOTEST f(1)", grade_id="auto", grade=True, locked=True, points=1),
    )
    assert [(code, name) for code, name, _ in problems] == [
        ("autotest", "auto"),
        ("nbgrader", "open"),
        ("nbgrader", '"### BEGIN SOLUTION"'),
    ]
    assert "no end solution statement found" in problems[1][2]


def test_hidden_tests_outside_a_test_cell_are_refused(tmp_path: Path) -> None:
    ((code, name, message),) = refused(
        tmp_path, cell("### BEGIN HIDDEN TESTS\nassert 1\n### END HIDDEN TESTS", grade_id="x", locked=True)
    )
    assert (code, name) == ("nbgrader", "x")
    assert "Hidden test region" in message


def test_metadata_from_the_future_is_refused(tmp_path: Path) -> None:
    ((code, _, message),) = refused(tmp_path, cell("1", grade_id="x", solution=True, schema_version=99))
    assert code == "nbgrader"
    assert "too new" in message


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("c.IncludeHeaderFooter.header = 'none.ipynb'", "does not exist"),
        ("c.IncludeHeaderFooter.header = '/etc/hostname'", "outside the course folder"),
        ("c.IncludeHeaderFooter.header = '../other.ipynb'", "no path inside"),
        ("c.IncludeHeaderFooter.footer = 'link.ipynb'", "link"),
        ("c.LockCells.lock_all_cells = 'perhaps'", "lock_all_cells"),
    ],
)
def test_configuration_that_cannot_be_used_is_refused(tmp_path: Path, config: str, message: str) -> None:
    (tmp_path / "real.ipynb").write_text("{}")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "real.ipynb")
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{config}\n")
    (problem,) = refused(tmp_path, SOLVED)
    assert message in problem[2]


def test_header_is_read_anew_for_each_release(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c.IncludeHeaderFooter.header = 'h.ipynb'\n")
    stripper = NbgraderStripper(tmp_path)
    for text in ("# One", "# Two"):
        (tmp_path / "h.ipynb").write_text(json.dumps(notebook(cell(text, "markdown"))))
        assert [each["source"] for each in stripper.strip(notebook(cell("1")))["cells"]] == [text, "1"]
