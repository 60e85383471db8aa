"""Tests of what is read in the text of cells: names, modules, and which cells of a lesson have to run."""

from __future__ import annotations

import pytest
from support.notebooks import answer, check, code, locked, markdown, notebook, written

from trailbook.adapters.sandbox.separate.names import Names, modules_of, names_of, packages_of
from trailbook.adapters.sandbox.separate.plan import Kind, Step, make_plan
from trailbook.adapters.sandbox.separate.plan import tests_of as cells_to_run
from trailbook.adapters.sandbox.separate.preload import modules_to_preload


@pytest.mark.parametrize(
    ("source", "binds", "needs"),
    [
        ("x = y", "x", "y"),
        ("x = 1\nx", "x", ""),
        ("x += 1", "x", "x"),
        ("x[0] = 1\nobj.part.name = 2", "x obj", "x obj"),
        ("a, (b, *c) = d", "a b c", "d"),
        ("def f(x, *, y=z):\n    t = x\n    return t + u", "f", "u z"),
        ("class C(B):\n    n = m", "C", "B m"),
        ("import numpy as np, os.path\nfrom math import pi as p", "np os p", ""),
        ("[n for n in numbers if n]", "", "numbers"),
        ("f = lambda q: q + r", "f", "r"),
        ("for i in rows:\n    print(i)", "i", "i print rows"),
        ("def f():\n    global g\n    g = 1", "f g", ""),
        ("try:\n    f()\nexcept E as e:\n    pass", "e", "E f"),
        ("with open('a') as file:\n    text = file.read()", "file text", "file open"),
        ("%matplotlib inline\nx = y", "x", "y"),
        ("files = !ls\nif files:\n    !rm a", "files", ""),
        ("%%time\nx = y", "x", "y"),
        ("", "", ""),
    ],
)
def test_names_a_cell_binds_and_needs(source: str, binds: str, needs: str) -> None:
    assert names_of(source) == Names(frozenset(binds.split()), frozenset(needs.split()))


@pytest.mark.parametrize("source", ["from helpers import *", "%%bash\nls", "def f(", "x = '\0'"])
def test_a_cell_that_does_not_say_its_names(source: str) -> None:
    assert not names_of(source).is_clear


def test_modules_are_found_wherever_they_are_imported() -> None:
    source = "import a.b as c\nfrom d import e\nfrom . import f\nfrom g import *\ndef h():\n    import i"

    assert modules_of(source) == {"a.b", "d", "d.e", "g", "i"}
    assert packages_of(source) == {"a", "d", "g", "i"}
    assert packages_of("no python (") == frozenset()


def test_what_is_loaded_ahead_is_installed_and_not_the_lessons_own() -> None:
    lesson = notebook(
        markdown("import markdown_is_no_code"),
        code("import json, antigravity, no_such_package_here\nimport helper, tools.part"),
        answer("a", "from unittest.mock import Mock"),
    )

    assert modules_to_preload([lesson], ["helper.py", "tools/part.py"]) == {"json", "unittest.mock"}


LESSON = notebook(
    code("import math"),
    answer("one", "x = 1"),
    check("one-test", "expected = 3\nassert x == expected"),
    locked("helper", "def helper(): return base"),
    check("one-more", "base = 2\nassert x"),
    answer("two", "y = x"),
    check("empty", "  \n"),
    written("why"),
    check("two-test", "expected = y\nassert helper() == expected"),
    code("after = 1"),
)


def planned(*wanted: str) -> list[tuple[str, Kind, bool]]:
    """Return grade_id or text, kind and whether it is wanted, of each step."""
    return [(step.grade_id or step.source, step.kind, step.is_wanted) for step in make_plan(LESSON, wanted)]


def test_a_plan_runs_up_to_the_last_test_that_is_wanted() -> None:
    assert planned("one-test") == [
        ("import math", Kind.SHARED, False),
        ("one", Kind.ANSWER, False),
        ("one-test", Kind.TEST, True),
    ]


def test_a_plan_keeps_tests_that_bind_what_is_needed() -> None:
    assert planned("two-test") == [
        ("import math", Kind.SHARED, False),
        ("one", Kind.ANSWER, False),
        ("helper", Kind.SHARED, False),
        ("one-more", Kind.TEST, False),  # for `base`, and without one-test: `expected` is bound anew
        ("two", Kind.ANSWER, False),
        ("two-test", Kind.TEST, True),
    ]


def test_what_an_answer_needs_is_read_in_the_authors() -> None:
    lesson = notebook(check("given", "data = [1]"), answer("one", "learner text needs nothing"), check("one-test", "1"))

    plan = make_plan(lesson, ["one-test"], {"one": "total = sum(data)"})

    assert plan == (
        Step(0, "data = [1]", Kind.TEST, "given"),
        Step(1, "learner text needs nothing", Kind.ANSWER, "one"),
        Step(2, "1", Kind.TEST, "one-test", is_wanted=True),
    )


def test_nothing_wanted_is_nothing_to_run() -> None:
    assert make_plan(LESSON, []) == ()
    assert make_plan(LESSON, ["empty"]) == ()  # it cannot fail


def test_tests_are_code_cells_with_points_to_give() -> None:
    assert cells_to_run(LESSON) == ("one-test", "one-more", "empty", "two-test")
