"""Forged scores: whatever a learner does to the notebook that is handed in, the lesson graded is the author's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from adversarial.folder import KEY, WRONG, Folder

Cells = list[dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Folder:
    """A course in a folder with a space in its name."""
    return Folder(tmp_path / "a course", capsys)


def at(cells: Cells, grade_id: str) -> dict[str, Any]:
    return next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def marks(cells: Cells, grade_id: str) -> dict[str, Any]:
    found: dict[str, Any] = at(cells, grade_id)["metadata"]["nbgrader"]
    return found


def edit(cells: Cells) -> None:
    at(cells, "half-test")["source"] = "pass"


def delete(cells: Cells) -> None:
    cells.remove(at(cells, "half-test"))


def duplicate(cells: Cells) -> None:
    cells.extend({**at(cells, "half-test"), "source": "pass", "id": f"again-{n}"} for n in range(3))


def reorder(cells: Cells) -> None:
    cells.reverse()


def more_points(cells: Cells) -> None:
    marks(cells, "half-test")["points"] = 10**9


def no_points(cells: Cells) -> None:
    marks(cells, "half-test")["points"] = float("nan")


def rename(cells: Cells) -> None:
    marks(cells, "half-test")["grade_id"] = "another"


def swap(cells: Cells) -> None:
    marks(cells, "half-test")["grade_id"], marks(cells, "half")["grade_id"] = "half", "half-test"


def take_checksum(cells: Cells) -> None:
    marks(cells, "half-test")["checksum"] = "0" * 32
    at(cells, "half-test")["source"] = "pass"


def solve_the_test(cells: Cells) -> None:
    marks(cells, "half-test").update(solution=True, grade=True, locked=False)
    at(cells, "half-test")["source"] = "2"


def test_the_answer(cells: Cells) -> None:
    marks(cells, "half").update(grade=True, points=2)


test_the_answer.__test__ = False  # type: ignore[attr-defined]


def as_text(cells: Cells) -> None:
    at(cells, "half-test")["cell_type"] = "markdown"


def claim(cells: Cells) -> None:
    at(cells, "half-test")["outputs"] = [
        {"output_type": "execute_result", "data": {"text/plain": "2"}, "metadata": {}, "execution_count": 1}
    ]
    at(cells, "half-test")["execution_count"] = 9


def add_cells(cells: Cells) -> None:
    code = "import builtins\nhalf = type('Y', (), {'__call__': lambda s, n: s, '__eq__': lambda s, o: True})()"
    cells.insert(
        -2, {"cell_type": "code", "id": "x", "metadata": {}, "source": code, "outputs": [], "execution_count": 1}
    )


def merge(cells: Cells) -> None:
    at(cells, "half")["source"] += "\n" + at(cells, "half-test")["source"].replace("assert", "#")
    delete(cells)


CHANGES: dict[str, tuple[Callable[[Cells], None], str]] = {
    "edited": (edit, "a test cell edited"),
    "deleted": (delete, "a test cell deleted"),
    "duplicated": (duplicate, "a test cell three times more, each passing"),
    "reordered": (reorder, "all cells in another order"),
    "points": (more_points, "10⁹ points in the metadata of a test"),
    "nan-points": (no_points, "NaN points in the metadata"),
    "renamed": (rename, "another `grade_id` on a test"),
    "swapped": (swap, "`grade_id`s of answer and test swapped"),
    "checksum": (take_checksum, "another checksum"),
    "solution-flag": (solve_the_test, "a test marked as an answer"),
    "grade-flag": (test_the_answer, "an answer marked as a test"),
    "cell-type": (as_text, "a test turned into text"),
    "claimed": (claim, "outputs that claim a pass"),
    "added": (add_cells, "cells of one's own before the tests"),
    "merged": (merge, "the test merged into the answer"),
}


@pytest.mark.parametrize(
    "change", [pytest.param(act, id=name, marks=pytest.mark.case(what)) for name, (act, what) in CHANGES.items()]
)
def test_a_changed_notebook_gets_what_its_answer_is_worth(folder: Folder, change: Callable[[Cells], None]) -> None:
    forged = folder.answered(half=WRONG)
    change(forged["cells"])
    folder.hand_in("mallory", forged)

    line = folder.grade()["mallory", "half-test"]

    assert (line["score"], line["max_score"]) == (0.0, 2.0)


@pytest.mark.case("the notebook's own metadata: kernel, language, nbgrader's and ours")
def test_metadata_of_the_notebook_are_the_authors(folder: Folder) -> None:
    forged = folder.answered(half=WRONG)
    forged["metadata"] = {
        "kernelspec": {"name": "bash", "display_name": "x", "language": "sh"},
        "nbgrader": {"points": 9},
        "trailbook": {"mode": "in_process", "score": 5, "in_process": ["half-test"]},
    }
    folder.hand_in("mallory", forged)

    assert folder.score("mallory") == 0.0


@pytest.mark.case("a test cell declared to run in the learner's process by the learner")
def test_a_learner_cannot_declare_cells_to_be_forgeable(folder: Folder) -> None:
    forged = folder.answered(half="class Y(int):\n    __eq__ = lambda s, o: True\ndef half(n): return Y()")
    cell = at(forged["cells"], "half-test")
    cell["metadata"] |= {
        "trailbook": {"in_process": True},
        "tags": ["in-process", "in_process", "trailbook-in-process"],
    }
    folder.hand_in("mallory", forged)

    line = folder.grade()["mallory", "half-test"]

    assert (line["score"], line["mode"]) == (0.0, "separate")


@pytest.mark.case("a gradebook, an executed notebook and a feedback page handed in beside the notebook")
def test_files_beside_the_notebook_change_nothing(folder: Folder) -> None:
    path = folder.hand_in("mallory", folder.answered(half=WRONG))
    for name in ("gradebook.db", "half.py", "conftest.py", "nbgrader_config.py", "sitecustomize.py", "timestamp.txt"):
        (path.parent / name).write_text("half = lambda n: n / 2\n" * 3)
    (folder.path / "submitted" / "mallory" / "autograded").mkdir()

    assert folder.score("mallory") == 0.0


@pytest.mark.case("a cell that looks for `gradebook.db` and writes a manual score into it")
def test_the_gradebook_is_out_of_reach(folder: Folder) -> None:
    seeks = (
        "import os, sqlite3\n"
        "def half(n):\n"
        f"    for top in ({str(folder.path)!r}, '.', '..', '/'):\n"
        "        for place, folders, names in os.walk(top):\n"
        "            folders[:] = [f for f in folders if f not in ('proc', 'sys', 'usr', 'lib')]\n"
        "            if 'gradebook.db' in names:\n"
        "                path = os.path.join(place, 'gradebook.db')\n"
        "                sqlite3.connect(path).execute('update grade set manual_score=9')\n"
        "    return 0\n"
    )
    folder.hand_in("mallory", folder.answered(half=seeks))

    assert folder.score("mallory") == 0.0
    with Gradebook(f"sqlite:///{folder.path / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(KEY.module, "mallory")
        assert [grade.manual_score for book in submission.notebooks for grade in book.grades] == [None, None]


@pytest.mark.case(
    "a submission of another learner copied, which is graded as one's own and changes nothing of the other's"
)
def test_a_copied_submission_is_ones_own(folder: Folder) -> None:
    folder.hand_in("ada", folder.answered())
    before = folder.grade()["ada", "half-test"]["score"]
    folder.hand_in("mallory", folder.answered(half=WRONG))
    (folder.path / "submitted" / "mallory" / "ada").symlink_to(folder.path / "submitted" / "ada")

    found = folder.grade()

    assert (before, found["ada", "half-test"]["score"], found["mallory", "half-test"]["score"]) == (2.0, 2.0, 0.0)


@pytest.mark.case("`submitted/` folders named `..`, with a line end, an escape sequence, NUL in JSON, a very long name")
def test_odd_names_have_an_outcome_and_leave_nothing_outside(folder: Folder) -> None:
    before = sorted(folder.path.parent.iterdir())
    names = ["...", "a\nb", "\x1b[2J", "‮evil", "x" * 200, "-rf", "a;b", "%2e%2e", "ａｄａ"]
    for name in names:
        folder.hand_in(name, folder.answered())
    nul = json.loads(json.dumps(folder.answered()))
    at(nul["cells"], "half")["source"] += "\n# \0"
    folder.hand_in("nul", nul)

    found = folder.grade()

    assert {learner for learner, _ in found} >= {"‮evil", "nul", "-rf"} or len({key[0] for key in found}) >= len(names)
    assert all(line["status"] in ("graded", "needs_review", "ungradable") for line in found.values())
    assert sorted(folder.path.parent.iterdir()) == before
