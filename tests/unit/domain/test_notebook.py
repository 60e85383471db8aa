"""Which exercises a notebook has, whatever its metadata looks like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.notebooks import answer, check, code, locked, manual_code, markdown, notebook, task, written

from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.notebook import cells_of, exercises_of, grade_cells, source_of, unanswered

CODE, TEXT, MANUAL, TASK = ExerciseKind.CODE, ExerciseKind.TEXT, ExerciseKind.MANUAL_CODE, ExerciseKind.TASK


def test_answer_with_tests_is_one_exercise() -> None:
    found = exercises_of(notebook(markdown("## Squares"), answer("a"), check("t1", points=1), check("t2", points=2.5)))
    assert found == (Exercise("a", CODE, "Squares", ("a",), ("t1", "t2"), 3.5),)


def test_answers_before_the_first_test_are_one_exercise() -> None:
    found = exercises_of(notebook(answer("a"), code("x"), answer("b"), check("t"), answer("c"), check("u")))
    assert found == (
        Exercise("a", CODE, "Exercise 1", ("a", "b"), ("t",), 1.0),
        Exercise("c", CODE, "Exercise 2", ("c",), ("u",), 1.0),
    )


def test_cells_that_a_person_grades_are_exercises_of_their_own() -> None:
    found = exercises_of(notebook(written("w", points=2), manual_code("m", points=3), task("k", points=4)))
    assert found == (
        Exercise("w", TEXT, "Exercise 1", ("w",), (), 2.0),
        Exercise("m", MANUAL, "Exercise 2", ("m",), (), 3.0),
        Exercise("k", TASK, "Exercise 3", ("k",), (), 4.0),
    )
    assert all(each.graded_by_person for each in found)


def test_text_answer_between_code_and_its_tests_does_not_part_them() -> None:
    found = exercises_of(notebook(answer("a"), written("w"), task("k"), check("t")))
    assert [(each.id, each.test_cells) for each in found] == [("a", ("t",)), ("w", ()), ("k", ())]


def test_tests_without_an_answer_of_their_own_still_count() -> None:
    found = exercises_of(notebook(check("first", points=2), answer("a"), check("t"), manual_code("m"), check("after")))
    assert [(each.id, each.answer_cells, each.test_cells) for each in found] == [
        ("first", (), ("first",)),
        ("a", ("a",), ("t",)),
        ("m", ("m",), ()),
        ("after", (), ("after",)),
    ]


def test_answer_without_tests_has_no_points() -> None:
    assert exercises_of(notebook(answer("a")))[0].max_score == 0.0


def test_locked_cells_and_examples_are_no_exercises() -> None:
    assert exercises_of(notebook(locked("read"), code("x = 1"), markdown("text"))) == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# One\n\n### Two ##\ntext", "Two"),
        ("# One\n```python\n# a comment\n```", "One"),
        ("#no heading", "Exercise 1"),
        ("Text\n===", "Exercise 1"),
    ],
)
def test_title_is_the_nearest_heading_above(text: str, title: str) -> None:
    assert exercises_of(notebook(markdown(text), code("# not this"), answer("a")))[0].title == title


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        {"nbgrader": None},
        {"nbgrader": []},
        {"nbgrader": {"solution": True, "grade": False}},
        {"nbgrader": {"grade_id": "", "solution": True}},
        {"nbgrader": {"grade_id": 7, "solution": True}},
        {"nbgrader": {"grade_id": "a", "solution": "yes"}},
    ],
)
def test_malformed_metadata_make_no_exercise(metadata: Any) -> None:
    assert exercises_of(notebook({**code("x"), "metadata": metadata})) == ()


@pytest.mark.parametrize("points", [-1, float("nan"), float("inf"), "5", True, None, 10**400])
def test_points_that_are_none_count_nothing(points: Any) -> None:
    assert exercises_of(notebook(answer("a"), check("t", points=points)))[0].max_score == 0.0


def test_sources_as_lists_of_lines_and_no_cells_are_read() -> None:
    assert source_of({"source": ["# A\n", "b"]}) == "# A\nb"
    assert source_of({}) == ""
    assert cells_of({}) == cells_of({"cells": "x"}) == cells_of({"cells": ["x", None]}) == []


def test_unanswered_is_missing_blank_or_as_released() -> None:
    released = notebook(answer("a", "# YOUR CODE\n"), check("t"), written("w", "Your answer"), task("k", "Draw."))
    exercises = exercises_of(released)
    assert unanswered(released, exercises, {}) == {"a", "w", "k"}
    assert unanswered(released, exercises, {"a": "# YOUR CODE", "w": " Your answer\n", "k": ""}) == {"a", "w", "k"}
    assert unanswered(released, exercises, {"a": "x = 1", "w": "", "k": "Draw."}) == {"w"}


CELLS = st.sampled_from([answer, check, written, manual_code, task, locked])


@given(st.lists(CELLS, max_size=12))
def test_every_point_of_a_notebook_belongs_to_one_exercise(makers: list[Any]) -> None:
    """Whatever the order of cells: no point is lost, no cell counts twice, and every id is a cell's."""
    source = notebook(*(make(f"cell {index}") for index, make in enumerate(makers)))
    exercises = exercises_of(source)
    cells = list(grade_cells(source))
    assert sum(each.max_score for each in exercises) == sum(cell.points for cell in cells)
    tests = [cell for each in exercises for cell in each.test_cells]
    assert tests == [cell.grade_id for cell in cells if cell.is_test]
    answers = sorted(cell for each in exercises for cell in each.answer_cells)
    assert answers == sorted(cell.grade_id for cell in cells if cell.is_answer)
    assert len({each.id for each in exercises}) == len(exercises)
