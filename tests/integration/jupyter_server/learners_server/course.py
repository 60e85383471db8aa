"""A small course with every kind of cell, as an author writes it, with the traps of odd names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

COURSE, MODULE, LESSON, LOCKED, PLAIN, READ = (
    "trap-course",
    "ps 1",
    "squares & ü",
    "cubes",
    "plain",
    "only text",
)
SOLUTION_TEXT, HIDDEN_TEXT = "known_only_to_the_author", "hidden_from_learners"
PICTURE = b"\x89PNG\r\n\x1a\nnot really"

MANIFEST = f"""
name: {COURSE}
title: "Traps & <odd> names"
description: For tests.
language: en
modules:
  - name: {MODULE}
    title: First module
    lessons:
      - {{name: "{LESSON}", title: "Squares <&>", minutes: 5}}
      - {{name: {LOCKED}, title: Cubes, requires: ["{LESSON}"]}}
      - {{name: {PLAIN}, title: Plain}}
      - {{name: {READ}, title: To read}}
"""


def answer(grade_id: str, *, points: float | None = None) -> dict[str, Any]:
    """Return nbgrader's metadata of an answer cell; one with points is read by a person."""
    graded = {} if points is None else {"points": points}
    return _metadata(grade_id, grade=points is not None, solution=True, locked=False) | graded


def tests(grade_id: str, *, points: float) -> dict[str, Any]:
    """Return nbgrader's metadata of a test cell."""
    return _metadata(grade_id, grade=True, solution=False, locked=True) | {"points": points}


def _metadata(grade_id: str, *, grade: bool, solution: bool, locked: bool) -> dict[str, Any]:
    return {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def code(cell_id: str, source: str, nbgrader: dict[str, Any] | None = None) -> Any:
    """Return a code cell."""
    return new_code_cell(source, id=cell_id, metadata={"nbgrader": nbgrader} if nbgrader else {})


def text(cell_id: str, source: str, nbgrader: dict[str, Any] | None = None) -> Any:
    """Return a Markdown cell."""
    return new_markdown_cell(source, id=cell_id, metadata={"nbgrader": nbgrader} if nbgrader else {})


def lesson_cells(*, setup: str = "base = 10\nprint('setup', base)") -> list[Any]:
    """Return the cells of the main lesson."""
    return [
        text("title", "# Squares\n\nThe *square* of $x<y$ is $x^2$. ![A square](square.png)"),
        code("setup", setup),
        code(
            "answer",
            f"def square(x):\n    ### BEGIN SOLUTION\n    {SOLUTION_TEXT} = x * x\n    return {SOLUTION_TEXT}\n"
            "    ### END SOLUTION",
            answer("square"),
        ),
        text("between", "Use it:"),
        code("use", "print('uses', square(3))"),
        code(
            "tests",
            "assert square(3) == 9\nassert square(-2) == 4, 'The square of -2 is 4.'\n"
            f"### BEGIN HIDDEN TESTS\nassert square(7) == 49, '{HIDDEN_TEXT}'\n### END HIDDEN TESTS",
            tests("square-test", points=2),
        ),
        text("why", "Because …", answer("why", points=1)),
    ]


def write_notebook(course: Path, name: str, cells: list[Any]) -> None:
    """Write a source notebook."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder = course / "source" / MODULE
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / f"{name}.ipynb")


def write_course(course: Path) -> Path:
    """Write the course and return its folder."""
    write_notebook(course, LESSON, lesson_cells())
    cube = "def cube(x):\n    ### BEGIN SOLUTION\n    return x ** 3\n    ### END SOLUTION"
    write_notebook(
        course,
        LOCKED,
        [
            text("title", "# Cubes are secret so far"),
            code("answer", cube, answer("cube")),
            code("tests", "assert cube(2) == 8", tests("cube-test", points=1)),
        ],
    )
    write_notebook(course, PLAIN, [text("title", "Only code"), code("only", "print('plain')")])
    write_notebook(course, READ, [text("title", "Nothing to run here.")])
    (course / "source" / MODULE / "square.png").write_bytes(PICTURE)
    (course / "course.yaml").write_text(MANIFEST, encoding="utf-8")
    return course
