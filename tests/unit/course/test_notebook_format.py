from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from trailbook.domain.notebook_format import read_notebook, with_stable_ids
from trailbook.domain.problem import Problem

from .notebooks import answer, code, markdown, notebook

FILE = "source/m/l.ipynb"


def read(value: Any) -> tuple[dict[str, Any] | None, list[Problem]]:
    return read_notebook(json.dumps(value), FILE)


def codes(problems: list[Problem]) -> list[tuple[str, str, bool]]:
    return [(problem.code, problem.cell, problem.warning) for problem in problems]


def test_old_notebook_gets_ids_and_becomes_valid_nbformat_4_5() -> None:
    old = notebook(markdown("# Title"), code("1"), minor=0)
    old["cells"][1]["source"] = ["a = 1\n", "a"]
    del old["cells"][1]["outputs"]
    found, problems = read(old)
    assert found is not None
    assert [cell["id"] for cell in found["cells"]] == ["cell-0", "cell-1"]
    assert (found["cells"][1]["source"], found["cells"][1]["outputs"], problems) == ("a = 1\na", [], [])
    nbformat.validate(found)


def test_ids_used_twice_are_mended_and_reported() -> None:
    cells = [{**markdown("a"), "id": "x"}, {**answer("squares", "b"), "id": "x"}, {**markdown("c"), "id": "not valid!"}]
    found, problems = read(notebook(*cells, markdown("no id"), minor=5))
    assert found is not None
    assert [cell["id"] for cell in found["cells"]] == ["x", "cell-1", "cell-2", "cell-3"]
    assert codes(problems) == [("cell_ids", "squares", True)]
    assert "squares, 3, 4" in problems[0].message


def test_made_up_id_never_meets_an_authors_id() -> None:
    cells = [{}, {"id": "cell-0"}, {"id": "cell-0"}]
    assert [cell["id"] for cell in with_stable_ids({"cells": cells})["cells"]] == ["cell-0-1", "cell-0", "cell-2"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('{"cells": [\n  oops', "no_json", 2),
        ("", "no_json", 1),
        ("[" * 100_000, "no_json", None),
        ("[]", "no_notebook", None),
        ("null", "no_notebook", None),
        ('{"cells": 3, "nbformat": 4, "metadata": {}}', "no_notebook", None),
        ('{"worksheets": [], "nbformat": 3, "metadata": {}}', "notebook_version", None),
        ('{"cells": [], "nbformat": 4}', "no_notebook", None),
    ],
)
def test_text_that_is_no_notebook_is_a_problem(text: str, code: str, line: int | None) -> None:
    found, (problem,) = read_notebook(text, FILE)
    assert found is None
    assert (problem.code, problem.line, problem.file, problem.warning) == (code, line, FILE, False)


@pytest.mark.parametrize(
    "cell",
    [
        3,
        {"cell_type": "video", "source": "", "metadata": {}},
        {"cell_type": "code", "source": 7, "metadata": {}},
        {"cell_type": "code", "source": ["a", 7], "metadata": {}},
        {"cell_type": "code", "source": "", "metadata": []},
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": None}},
        {"cell_type": "code", "source": "", "metadata": {}, "outputs": ["text"]},
        {"cell_type": "markdown", "source": "", "metadata": {}, "attachments": []},
    ],
)
def test_broken_cell_is_a_problem_with_its_place(cell: Any) -> None:
    found, problems = read(notebook(markdown("fine"), cell))
    assert found is None
    assert codes(problems) == [("broken_cell", "2", False)]
