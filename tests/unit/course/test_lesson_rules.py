from __future__ import annotations

from typing import Any

import pytest

from trailbook.domain.lesson_rules import lesson_problems

from .notebooks import answer, asserts, code, markdown, nbgrader, notebook, written


def found(value: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(problem.code, problem.cell, problem.warning) for problem in lesson_problems(value, "source/m/l.ipynb")]


def test_sound_lesson_has_no_problems() -> None:
    task = markdown("Do it", **nbgrader("task", task=True, locked=True, points=2))
    assert found(notebook(answer("a", "x = 1"), asserts("t", "assert x"), written("w", "because"), task)) == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([answer("a", "1"), answer("a", "2"), asserts("t", "")], [("duplicate_grade_id", "a", False)]),
        ([answer("", "1"), answer("b", ""), asserts("t", "")], [("no_grade_id", "1", False)]),
        ([answer("a", "1")], [("no_tests", "a", True)]),
        ([answer("a", "1"), asserts("t", "", points=0)], [("no_points", "a", True)]),
        ([asserts("t", "")], [("test_without_answer", "t", True)]),
        ([written("w", "", points=0)], [("no_points", "w", True)]),
        ([answer("a", ""), markdown("", **nbgrader("m", grade=True, points=1))], [("wrong_cell_type", "m", False)]),
        ([markdown("", **nbgrader("m", solution=True)), asserts("t", "")], [("wrong_cell_type", "m", False)]),
        ([code("", **nbgrader("k", task=True, points=1))], [("wrong_cell_type", "k", False)]),
        ([{**markdown("", **nbgrader("r", locked=True)), "cell_type": "raw"}], [("wrong_cell_type", "r", False)]),
        ([answer("a" * 129, "1"), asserts("t", "")], [("long_grade_id", "a" * 129, False)]),
    ],
)  # fmt: skip
def test_broken_rule_is_found_at_its_cell(cells: list[dict[str, Any]], expected: list[tuple[str, str, bool]]) -> None:
    assert found(notebook(*cells)) == expected


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"kernelspec": None}, ["no_kernel"]),
        ({"kernelspec": {"display_name": "Python"}}, ["no_kernel"]),
        ({"kernelspec": {"name": "ir", "language": "R"}}, ["kernel"]),
        ({"kernelspec": {"name": "python"}}, []),
    ],
)
def test_code_needs_a_kernel_and_one_of_another_language_is_pointed_out(
    metadata: dict[str, Any], expected: list[str]
) -> None:
    assert [name for name, _, _ in found(notebook(code("1"), **metadata))] == expected


def test_a_kernel_of_another_language_is_a_warning() -> None:
    assert found(notebook(code("1"), kernelspec={"name": "ir", "language": "R"})) == [("kernel", "", True)]


def test_lesson_without_code_needs_no_kernel() -> None:
    assert found({**notebook(markdown("Read this.")), "metadata": {}}) == []
