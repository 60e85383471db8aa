"""A released notebook by what its cells are for."""

from __future__ import annotations

from typing import Any

import pytest

from trailbook.domain.errors import NotFound
from trailbook_server.services.lessons.outline import CellKind, Outline

Json = dict[str, Any]


def cell(kind: str, cell_id: str, source: str = "x", *, grade_id: str = "", tags: tuple[str, ...] = ()) -> Json:
    metadata: Json = ({"nbgrader": {"grade_id": grade_id}} if grade_id else {}) | ({"tags": list(tags)} if tags else {})
    return {"cell_type": kind, "id": cell_id, "source": source, "metadata": metadata}


def exercise(name: str, *, kind: str = "code", answers: tuple[str, ...] = (), tests: tuple[str, ...] = ()) -> Json:
    return {"id": name, "kind": kind, "answer_cells": list(answers or [name]), "test_cells": list(tests)}


@pytest.fixture
def outline() -> Outline:
    """Two code exercises, the first with two answers, then a text to answer and a task."""
    cells = [
        cell("markdown", "title", "# Squares"),
        cell("code", "setup", "base = 2"),
        cell("code", "a1", "first = ...", grade_id="first"),
        cell("markdown", "between"),
        cell("code", "a2", "second = ...", grade_id="second"),
        cell("code", "use", "first"),
        cell("code", "t1", "assert first", grade_id="t1"),
        cell("code", "t2", "# nothing to see\n\n", grade_id="t2"),
        cell("code", "use-again", "second", tags=("hide-input",)),
        cell("code", "b1", "other = ...", grade_id="other"),
        cell("code", "after", "other"),
        cell("markdown", "why", "YOUR ANSWER HERE", grade_id="why"),
        cell("markdown", "ask", "Draw it.", grade_id="ask"),
        cell("raw", "raw"),
        cell("code", "end", "1"),
    ]
    exercises = [
        exercise("first", answers=("first", "second"), tests=("t1", "t2")),
        exercise("other"),
        exercise("why", kind="text"),
        exercise("ask", kind="task"),
    ]
    return Outline({"cells": cells}, exercises)


def ids(cells: Any) -> list[str]:
    return [cell.id for cell in cells]


def test_outline_names_what_each_cell_is_for(outline: Outline) -> None:
    assert [(cell.id, cell.kind, cell.exercise) for cell in outline.cells] == [
        ("title", CellKind.TEXT, ""),
        ("setup", CellKind.EXAMPLE, ""),
        ("a1", CellKind.ANSWER, "first"),
        ("between", CellKind.TEXT, ""),
        ("a2", CellKind.ANSWER, "first"),
        ("use", CellKind.EXAMPLE, ""),
        ("t1", CellKind.TEST, "first"),
        ("t2", CellKind.TEST, "first"),
        ("use-again", CellKind.EXAMPLE, ""),
        ("b1", CellKind.ANSWER, "other"),
        ("after", CellKind.EXAMPLE, ""),
        ("why", CellKind.ANSWER, "why"),
        ("ask", CellKind.TASK, "ask"),
        ("end", CellKind.EXAMPLE, ""),
    ]


def test_sections_hold_an_exercise_from_first_to_last_answer(outline: Outline) -> None:
    found = [
        (section.exercise["id"] if section.exercise else "", ids(section.cells), ids(section.tests))
        for section in outline.sections()
    ]
    assert found == [
        ("", ["title"], []),
        ("", ["setup"], []),
        ("first", ["a1", "between", "a2"], ["t1"]),
        ("", ["use"], []),
        ("", ["use-again"], []),
        ("other", ["b1"], []),
        ("", ["after"], []),
        ("why", ["why"], []),
        ("ask", ["ask"], []),
        ("", ["end"], []),
    ]


def test_sections_show_tests_that_no_answer_comes_before() -> None:
    alone = [exercise("t0", answers=("none",), tests=("t0",)) | {"answer_cells": []}]
    outline = Outline({"cells": [cell("code", "lone", "assert True", grade_id="t0")]}, alone)
    assert [(section.exercise, ids(section.tests)) for section in outline.sections()] == [(None, ["lone"])]


def test_starters_of_a_task_are_empty(outline: Outline) -> None:
    assert outline.starters == {
        "first": "first = ...",
        "second": "second = ...",
        "other": "other = ...",
        "why": "YOUR ANSWER HERE",
        "ask": "",
    }


def test_examples_after_an_exercise_end_at_the_next(outline: Outline) -> None:
    assert ids(outline.examples_after("first")) == ["use", "use-again"]
    assert ids(outline.examples_after("other")) == ["after"]


def test_exercises_before_a_cell_are_those_with_code(outline: Outline) -> None:
    assert outline.exercises_before(outline.get_cell("setup")) == frozenset()
    assert outline.exercises_before(outline.get_cell("end")) == {"first", "other"}


def test_visible_tests_leave_out_a_cell_that_only_held_hidden_ones(outline: Outline) -> None:
    assert ids(outline.visible_tests_of("first")) == ["t1"]
    assert ids(outline.visible_tests_of("other")) == []


def test_setup_changes_with_an_example_and_with_nothing_else() -> None:
    def fingerprint(example: str, answer: str) -> str:
        cells = [cell("code", "e", example), cell("code", "a", answer, grade_id="a")]
        return Outline({"cells": cells}, [exercise("a")]).setup_sha256

    assert fingerprint("x = 1", "old starter") == fingerprint("x = 1", "new starter")
    assert fingerprint("x = 1", "starter") != fingerprint("x = 2", "starter")


def test_source_in_lines_is_joined() -> None:
    outline = Outline({"cells": [cell("code", "e") | {"source": ["a = 1\n", "b = 2"]}]}, [])
    assert outline.get_cell("e").source == "a = 1\nb = 2"


@pytest.mark.parametrize(("kind", "expected"), [("code", True), ("markdown", False)])
def test_has_code_when_there_is_something_to_run(kind: str, expected: bool) -> None:
    assert Outline({"cells": [cell("markdown", "m"), cell(kind, "c")]}, []).has_code is expected


@pytest.mark.parametrize(("written", "expected"), [("# Title", True), ("Text\n\n## Part", False)])
def test_has_title_when_the_author_wrote_one(written: str, expected: bool) -> None:
    assert Outline({"cells": [cell("markdown", "m", written)]}, []).has_title is expected


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda outline: outline.get_cell("nope"), "unknown_cell"),
        (lambda outline: outline.get_exercise("nope"), "unknown_exercise"),
        (lambda outline: outline.require_answers({"first": "", "t1": ""}), "unknown_cell"),
    ],
)
def test_unknown_names_are_refused(outline: Outline, ask: Any, code: str) -> None:
    with pytest.raises(NotFound) as refusal:
        ask(outline)
    assert refusal.value.code == code


def test_hidden_source_is_the_authors_tag(outline: Outline) -> None:
    assert [cell.id for cell in outline.cells if cell.hides_source] == ["use-again"]
