from __future__ import annotations

import base64
from typing import Any

import pytest

from trailbook.domain.leaks import SHOWS_ANSWER, find_leaks

from .notebooks import answer, asserts, code, markdown, notebook

SOLUTION = "total = sum(value for value in values if value > 0)"
HIDDEN = "assert positive_total([-1, 2, 3]) == 5"

STARTER = "def positive_total(values):\n    raise NotImplementedError()\n    return total"
SOLVED = f"def positive_total(values):\n    ### BEGIN SOLUTION\n    {SOLUTION}\n    ### END SOLUTION\n    return total"
TESTS = "assert positive_total([]) == 0"
TESTED = f"{TESTS}\n### BEGIN HIDDEN TESTS\n{HIDDEN}\n### END HIDDEN TESTS"


def leaks(
    *more: dict[str, Any],
    files: dict[str, bytes] | None = None,
    released: dict[str, Any] | None = None,
    **metadata: Any,
) -> list[tuple[str, str, str]]:
    """Return what is found when these cells (or files, or metadata) are released beside an exercise."""
    source = notebook(answer("a", SOLVED), asserts("t", TESTED), *more, **metadata)
    stripped = released or notebook(answer("a", STARTER), asserts("t", TESTS), *more, **metadata)
    problems = find_leaks(source, stripped, files=files or {}, file="source/m/l.ipynb")
    assert not any(problem.warning for problem in problems)
    return [(problem.code, problem.cell, problem.file) for problem in problems]


def test_clean_release_has_no_leak() -> None:
    shared = [markdown("Add up the positive values."), code("values = [1, 2]")]
    assert leaks(*shared, files={"data.csv": b"1,2\n", "picture.png": b"\x89PNG\xff\xfe"}) == []


def test_release_of_the_source_itself_leaks_everything() -> None:
    source = notebook(answer("a", SOLVED), asserts("t", TESTED))
    assert {code for code, _, _ in leaks(released=source)} == {"marker_left"}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (code(f"# for me\n{SOLUTION}", id="x"), "leak_in_cell"),
        (markdown(f"Hint: `{HIDDEN}` must hold."), "leak_in_cell"),
        (markdown("total   =  sum(value for value\nin values if value > 0)"), "leak_in_cell"),
        (markdown("text", note=SOLUTION), "leak_in_metadata"),
        (markdown("text", deep={"list": [{HIDDEN: 1}]}), "leak_in_metadata"),
        (code("### Begin Solution\nx"), "marker_left"),
        (code("### BEGIN HIDDEN TEST\nassert x\n### END HIDDEN TEST"), "marker_left"),
        (markdown("=== BEGIN MARK SCHEME ==="), "marker_left"),
        ({**code("1"), "outputs": [{"output_type": "stream", "name": "stdout", "text": "5"}]}, "leak_in_output"),
        ({**markdown("text"), "attachments": {"plan.png": {"image/png": "AAAA"}}}, "leak_in_attachment"),
        (
            {
                **markdown("![](attachment:a.txt)"),
                "attachments": {"a.txt": {"text/plain": base64.b64encode(SOLUTION.encode()).decode()}},
            },
            "leak_in_attachment",
        ),
    ],
)
def test_secret_is_found_wherever_a_learner_could_read_it(cell: dict[str, Any], expected: str) -> None:
    assert [name for name, _, _ in leaks(cell)] == [expected]


def test_secret_in_notebook_metadata_is_found() -> None:
    assert leaks(author_notes={"solution": SOLUTION}) == [("leak_in_metadata", "", "source/m/l.ipynb")]


def test_secret_in_a_file_is_found_with_the_files_path() -> None:
    found = leaks(files={"lib/solved.py": f"def f(values):\n  {SOLUTION}\n".encode()})
    assert found == [("leak_in_file", "", "source/m/lib/solved.py")]


def test_author_may_show_an_answer_on_purpose() -> None:
    assert leaks(markdown(f"`{SOLUTION}`", tags=[SHOWS_ANSWER])) == []


def test_picture_that_the_text_shows_stays() -> None:
    assert leaks({**markdown("![](attachment:a.png)"), "attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}}) == []


def test_short_solution_may_stand_elsewhere() -> None:
    source = notebook(answer("a", "x = 1"), code("x = 1"))
    stripped = notebook(answer("a", "# YOUR CODE HERE"), code("x = 1"))
    assert find_leaks(source, stripped, files={}, file="source/m/l.ipynb") == []
