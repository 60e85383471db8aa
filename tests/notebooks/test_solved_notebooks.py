"""Every lesson, solved, runs from top to bottom; ours also shows what its author saw."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .conftest import TEMPLATES, run_tool

OUR_LESSONS = sorted(
    path.relative_to(TEMPLATES / "first-course") for path in TEMPLATES.glob("first-course/source/*/*.ipynb")
)
QUICKSTART_LESSONS = [Path("source/ps1/problem1.ipynb"), Path("source/ps1/problem2.ipynb")]


def run_nbval(notebook: Path, *, option: str) -> tuple[int, int, str]:
    """Run one notebook under nbval; return the exit status, how many cells passed and the report."""
    done = run_tool(
        "pytest", "-c", "/dev/null", "--rootdir", ".", "-p", "no:cacheprovider", "-q", option, notebook.name,
        cwd=notebook.parent,
    )  # fmt: skip
    passed = re.search(r"(\d+) passed", done.stdout)
    return done.returncode, int(passed[1]) if passed else 0, done.stdout + done.stderr


def count_code_cells(notebook: Path) -> int:
    """Return how many code cells of the notebook have something to run."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return sum(cell["cell_type"] == "code" and bool("".join(cell["source"]).strip()) for cell in cells)


@pytest.mark.parametrize("lesson", OUR_LESSONS, ids=str)
def test_our_solved_lesson_runs_and_shows_the_saved_outputs(first_course: Path, lesson: Path) -> None:
    status, passed, report = run_nbval(first_course / lesson, option="--nbval")

    assert (status, passed) == (0, count_code_cells(first_course / lesson)), report


@pytest.mark.parametrize("lesson", QUICKSTART_LESSONS, ids=str)
def test_solved_lesson_of_nbgraders_quickstart_runs(quickstart: Path, lesson: Path) -> None:
    status, passed, report = run_nbval(quickstart / lesson, option="--nbval-lax")

    if count_code_cells(quickstart / lesson) == 0:
        assert (status, passed) == (5, 0), report  # pytest's status for "nothing to run": an essay only
    else:
        assert (status, passed) == (0, count_code_cells(quickstart / lesson)), report


def test_a_solution_that_breaks_is_found(first_course: Path) -> None:
    notebook = first_course / OUR_LESSONS[0]
    text = notebook.read_text(encoding="utf-8")
    assert ".lower()" in text
    notebook.write_text(text.replace("text.strip().lower()", "text.strip()"), encoding="utf-8")

    status, _, report = run_nbval(notebook, option="--nbval")

    assert status == 1
    assert "should give 'north'" in report


def test_a_saved_output_that_is_no_longer_true_is_found(first_course: Path) -> None:
    notebook = first_course / OUR_LESSONS[1]
    text = notebook.read_text(encoding="utf-8")
    assert "(760.5, 760.5)" in text
    notebook.write_text(text.replace("(760.5, 760.5)", "(760.5, 760.4)"), encoding="utf-8")

    assert run_nbval(notebook, option="--nbval")[0] == 1
