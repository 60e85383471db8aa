"""Tests of what of a learner's notebook reaches grading: answers and code of their own, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st
from support.notebooks import answer, check, code, locked, markdown, notebook, task, written

from trailbook.domain.collect import answers_from
from trailbook.domain.rebuild import added_key, added_key_of, note_key, rebuild

SECRET = "n * 2  # the solution"
SOURCE = notebook(
    markdown("# Doubling"),
    {**code("import math"), "outputs": [{"output_type": "stream", "name": "stdout", "text": "old"}]},
    locked("helper", "def helper(n):\n    return n"),
    answer("double", f"def double(n):\n    return {SECRET}"),
    check(
        "double-test", "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(21) == 42\n### END HIDDEN TESTS"
    ),
    written("why", "Because."),
    task("draw", "Draw it."),
)
RELEASED = notebook(
    markdown("# Doubling"),
    code("import math"),
    locked("helper", "def helper(n):\n    return n"),
    answer("double", "# YOUR CODE HERE\nraise NotImplementedError()"),
    check("double-test", "assert double(2) == 4"),
    written("why", "YOUR ANSWER HERE"),
    task("draw", "Draw it."),
)
RIGHT = {"double": "def double(n):\n    return n + n", "why": "It adds.", "draw": "![](picture.png)"}
TESTS_AND_REST = ["# Doubling", "import math", SOURCE["cells"][2]["source"], SOURCE["cells"][4]["source"], "Draw it."]


def sources(made: dict[str, Any]) -> list[str]:
    """Return the text of each cell."""
    return [cell["source"] for cell in made["cells"]]


def without(made: dict[str, Any], *grade_ids: str) -> dict[str, Any]:
    """Return the notebook without the cells of these grade_ids."""
    kept = [cell for cell in made["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") not in grade_ids]
    return {**made, "cells": kept}


def changed(made: dict[str, Any], index: int, **values: Any) -> dict[str, Any]:
    """Return the notebook with one cell changed."""
    cells = copy.deepcopy(made["cells"])
    cells[index].update(values)
    return {**made, "cells": cells}


def test_rebuild_has_the_answers_between_the_instructors_cells() -> None:
    made = rebuild(SOURCE, RIGHT)

    assert sources(made) == [
        "# Doubling",
        "import math",
        SOURCE["cells"][2]["source"],
        RIGHT["double"],
        SOURCE["cells"][4]["source"],
        "It adds.",
        "Draw it.",
        "![](picture.png)",
    ]
    assert made["cells"][-1]["metadata"] == {"trailbook": {"answer_to": "draw"}}
    assert made["cells"][1]["outputs"] == []
    nbformat.validate(made)


def test_rebuild_never_grades_the_authors_solution() -> None:
    made = rebuild(SOURCE, {})

    assert SECRET not in str(made)
    assert "Because." not in str(made)
    assert sources(made) == [*TESTS_AND_REST[:3], "", TESTS_AND_REST[3], "", "Draw it."]


def test_rebuild_leaves_the_source_as_it_is() -> None:
    before = copy.deepcopy(SOURCE)

    rebuild(SOURCE, RIGHT)["cells"][2]["metadata"]["nbgrader"]["points"] = 1000

    assert before == SOURCE


@given(st.dictionaries(st.sampled_from(["double", "why", "draw", "double-test", "helper", "other", ""]), st.text()))
def test_rebuild_keeps_every_cell_that_is_no_answer(answers: dict[str, str]) -> None:
    made = rebuild(SOURCE, answers)

    kept = [
        cell
        for cell in made["cells"]
        if not cell["metadata"].get("nbgrader", {}).get("solution") and "trailbook" not in cell["metadata"]
    ]
    assert [cell["source"] for cell in kept] == TESTS_AND_REST
    assert [cell["metadata"] for cell in kept] == [SOURCE["cells"][index]["metadata"] for index in (0, 1, 2, 4, 6)]


@given(st.dictionaries(st.sampled_from(["double", "why"]), st.text().map(lambda text: text.replace("\r", " "))))
def test_answers_come_out_of_a_rebuilt_release_as_they_went_in(answers: dict[str, str]) -> None:
    handed_in = rebuild(RELEASED, answers)

    assert answers_from(handed_in, RELEASED).answers == {"double": "", "why": "", "draw": "", **answers}


def test_answers_of_an_honest_submission_need_no_repair() -> None:
    found = answers_from(rebuild(RELEASED, RIGHT), RELEASED)

    assert found.answers == RIGHT
    assert found.repaired == ()


def test_a_missing_answer_cell_counts_as_not_answered() -> None:
    found = answers_from(without(rebuild(RELEASED, RIGHT), "double"), RELEASED)

    assert found.answers["double"] == "# YOUR CODE HERE\nraise NotImplementedError()"
    assert found.repaired == ("The cell double was missing and counts as not answered.",)


def test_a_missing_test_is_put_back() -> None:
    found = answers_from(without(rebuild(RELEASED, RIGHT), "double-test"), RELEASED)

    assert found.answers == RIGHT
    assert found.repaired == ("The cell double-test was missing and was put back.",)


def test_a_changed_test_is_named_and_changes_nothing() -> None:
    found = answers_from(changed(rebuild(RELEASED, RIGHT), 4, source="assert True"), RELEASED)

    assert found.repaired == ("The cell double-test was changed; the original was used.",)
    assert sources(rebuild(SOURCE, found.answers))[4] == SOURCE["cells"][4]["source"]


def test_of_a_duplicated_answer_the_last_counts() -> None:
    submitted = rebuild(RELEASED, RIGHT)
    submitted["cells"].append({**submitted["cells"][3], "id": "copy", "source": "def double(n): return 4"})

    found = answers_from(submitted, RELEASED)

    assert found.answers["double"] == "def double(n): return 4"
    assert found.answers[added_key(2, 0)] == RIGHT["double"]
    assert found.repaired == ("The cell double was there 2 times; the last one counts.",)


def test_a_copy_of_a_test_is_not_run() -> None:
    submitted = rebuild(RELEASED, RIGHT)
    submitted["cells"].insert(4, {**submitted["cells"][4], "id": "copy", "source": "raise SystemExit"})

    assert answers_from(submitted, RELEASED).answers == RIGHT


def test_an_answer_that_lost_its_metadata_is_found_by_its_id() -> None:
    released = changed(RELEASED, 3, id="my-own-id")
    submitted = changed(rebuild(released, RIGHT), 3, metadata={})

    found = answers_from(submitted, released)

    assert found.answers == RIGHT
    assert found.repaired == ("The cell double had lost its nbgrader mark; it was found by its cell id.",)


def test_an_id_that_only_says_a_place_finds_nothing() -> None:
    submitted = without(rebuild(RELEASED, RIGHT), "double")
    submitted["cells"].insert(3, {**code("print('mine')"), "id": "cell-3"})

    assert answers_from(submitted, RELEASED).answers["double"] == "# YOUR CODE HERE\nraise NotImplementedError()"


def test_an_answer_turned_into_markdown_is_turned_back() -> None:
    found = answers_from(changed(rebuild(RELEASED, RIGHT), 3, cell_type="markdown"), RELEASED)

    assert found.answers == RIGHT
    assert found.repaired == ("The cell double was turned into another type of cell and was turned back.",)


def test_cells_the_lesson_does_not_have_run_and_give_nothing() -> None:
    submitted = rebuild(RELEASED, RIGHT)
    submitted["cells"][3:3] = [
        {**check("mine", "x = 1", points=100), "id": "x"},
        {**code("helper = 3"), "id": "y"},
        {**code(""), "id": "z"},
        {**markdown("A note."), "id": "n"},
    ]

    found = answers_from(submitted, RELEASED)

    mine = {added_key(2, 0): "x = 1", added_key(2, 1): "helper = 3", note_key(2, 2): "A note."}
    assert found.answers == {**RIGHT, **mine}
    assert found.repaired == ("1 cell was marked as graded and the lesson has no such cell: no points.",)
    made = rebuild(SOURCE, found.answers)
    assert sources(made)[2:7] == [SOURCE["cells"][2]["source"], "x = 1", "helper = 3", "A note.", RIGHT["double"]]
    assert [added_key_of(cell) for cell in made["cells"]][2:7] == ["", added_key(2, 0), added_key(2, 1), "", ""]
    nbformat.validate(made)


def test_a_plain_cell_that_the_learner_changed_runs_after_the_original() -> None:
    submitted = changed(rebuild(RELEASED, RIGHT), 1, source="import math\nimport random")

    found = answers_from(submitted, RELEASED)

    assert sources(rebuild(SOURCE, found.answers))[1:3] == ["import math", "import math\nimport random"]


def test_a_cell_before_everything_stays_there() -> None:
    submitted = rebuild(RELEASED, RIGHT)
    submitted["cells"].insert(0, {**code("import sys"), "id": "mine"})

    assert sources(rebuild(SOURCE, answers_from(submitted, RELEASED).answers))[:2] == ["import sys", "# Doubling"]


def saved_elsewhere(made: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook as Colab saves it: with cell ids of its own and without nbgrader's metadata."""
    cells = [{**cell, "id": f"colab{index}", "metadata": {}} for index, cell in enumerate(made["cells"])]
    return {**made, "cells": cells}


def test_answers_without_any_mark_are_found_between_their_neighbours() -> None:
    found = answers_from(saved_elsewhere(rebuild(RELEASED, RIGHT)), RELEASED)

    assert {name: found.answers[name] for name in ("double", "why")} == {"double": RIGHT["double"], "why": RIGHT["why"]}
    assert "The cell double had lost its nbgrader mark; it was found by its place." in found.repaired
    assert "The cell double-test had lost its nbgrader mark; it was found by its text." in found.repaired


def test_an_answer_without_mark_is_found_by_what_it_kept_of_the_released_text() -> None:
    start = 'def total(numbers):\n    """Return the sum of the numbers."""\n    raise NotImplementedError()'
    done = 'def total(numbers):\n    """Return the sum of the numbers."""\n    return sum(numbers)'
    released = notebook(answer("total", start), check("total-test", "assert total([1]) == 1"))
    submitted = notebook(code("scratch = 1"), code(done), code("more = 2"), released["cells"][1])
    found = answers_from(submitted, released)

    assert found.answers["total"] == done
    assert found.repaired[0] == "The cell total had lost its nbgrader mark; it was found by its text."


def test_two_cells_that_could_be_the_answer_are_none() -> None:
    start = "def total(numbers):\n    # add them up, one by one\n    raise NotImplementedError()"
    released = notebook(answer("total", start), check("total-test", "assert total([1]) == 1"))
    twice = [{**code(f"{start}\n# {number}"), "id": f"a{number}"} for number in (1, 2)]

    found = answers_from(notebook(*twice, released["cells"][1]), released)

    assert found.answers["total"] == start
    assert "The cell total was missing and counts as not answered." in found.repaired


def test_what_is_added_below_a_task_answers_it() -> None:
    submitted = rebuild(RELEASED, {})
    submitted["cells"] += [{**markdown("A sum."), "id": "s"}, {**code("1 + 1"), "id": "t"}]

    assert answers_from(submitted, RELEASED).answers["draw"] == "A sum.\n\n```python\n1 + 1\n```"


def test_line_ends_of_windows_and_broken_characters_are_mended() -> None:
    submitted = changed(rebuild(RELEASED, RIGHT), 3, source="x = 1\r\ny = '\ud800'\r\n")

    assert answers_from(submitted, RELEASED).answers["double"] == "x = 1\ny = '?'\n"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | json_values,
        "id": st.sampled_from(["cell-3", "a"]) | json_values,
        "source": json_values,
        "metadata": json_values
        | st.fixed_dictionaries({"nbgrader": json_values | st.fixed_dictionaries({"grade_id": st.just("double")})}),
    },
)


@given(st.fixed_dictionaries({"cells": st.lists(cells | json_values, max_size=5) | json_values}))
def test_any_json_gives_an_answer_for_every_answer_cell(submitted: dict[str, Any]) -> None:
    found = answers_from(submitted, RELEASED)

    of_the_lesson = {name for name in found.answers if not name.startswith(("+", "~"))}  # those are the learner's own
    assert of_the_lesson == set(RIGHT)
    assert all(isinstance(text, str) for text in found.answers.values())
