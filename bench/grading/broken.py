"""A batch in which one submission of twenty is broken or hostile, and what each kind must come to.

Every kind is something that stops a batch elsewhere, or that learners hand in every term.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.domain.course import LessonKey
from trailbook.domain.rebuild import rebuild

KEY = LessonKey("week-1", "halves")
TEST, POINTS = "half-test", 2.0
HUGE_BYTES = 100_000_000
SOLUTION = "def half(n):\n    return n / 2"

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of submission.

    Attributes
    ----------
    put
        Writes it to a path, out of a notebook that has all points.
    status, reason, score
        What the line of its test must say.
    repaired
        Words that must be in what was repaired, "" for none.
    """

    put: Callable[[Path, Notebook], object]
    status: str = "ungradable"
    reason: str = ""
    score: float | None = None
    repaired: str = ""


def _change(change: Callable[[Notebook], object]) -> Callable[[Path, Notebook], object]:
    def put(path: Path, notebook: Notebook) -> None:
        mine = copy.deepcopy(notebook)
        change(mine)
        path.write_text(json.dumps(mine))

    return put


def _answer(text: str) -> Callable[[Path, Notebook], object]:
    return _change(lambda notebook: _cell(notebook, "half").update(source=text))


def _text(text: str) -> Callable[[Path, Notebook], object]:
    return lambda path, notebook: path.write_text(text)


def _cell(notebook: Notebook, grade_id: str) -> Notebook:
    cells = notebook["cells"]
    return next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def _merged(path: Path, notebook: Notebook) -> None:
    text = json.dumps(notebook, indent=1)
    path.write_text(f"<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> main\n")


def _huge(path: Path, notebook: Notebook) -> None:
    with path.open("w") as file:
        file.truncate(HUGE_BYTES)


def _from_colab(notebook: Notebook) -> None:
    """Drop nbgrader's metadata and the cell ids, as a copy made in Colab or VS Code has none."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": f"x{number}", "colab": {"base_uri": "https://localhost:8080/"}}
        del cell["id"]
    notebook["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook["nbformat_minor"] = 0


def _timestamp(text: bytes) -> Callable[[Path, Notebook], object]:
    def put(path: Path, notebook: Notebook) -> None:
        path.write_text(json.dumps(notebook))
        (path.parent / "timestamp.txt").write_bytes(text)

    return put


def _full(put: Callable[[Path, Notebook], object], repaired: str = "") -> Kind:
    return Kind(put, "graded", score=POINTS, repaired=repaired)


def _none(put: Callable[[Path, Notebook], object], *, reason: str = "", repaired: str = "") -> Kind:
    return Kind(put, "graded", reason, 0.0, repaired)


YES = "class Yes(int):\n    def __eq__(self, other):\n        return True"

KINDS: Mapping[str, Kind] = {
    "no JSON": Kind(_text("{nope"), reason="no_json"),
    "merged": Kind(_merged, reason="merge_conflict"),
    "empty": Kind(_text(""), reason="empty_file"),
    "100 MB": Kind(_huge, reason="file_too_large"),
    "two notebooks in one file": Kind(_text('{"cells": []}{"cells": []}'), reason="no_json"),
    "no notebook": Kind(_text("[1, 2]"), reason="no_notebook"),
    "a link": Kind(lambda path, _: path.symlink_to("/etc/passwd"), reason="not_a_real_file"),
    "a pipe": Kind(lambda path, _: os.mkfifo(path), reason="not_a_real_file"),
    "another kernel": _full(
        _change(lambda notebook: notebook["metadata"].update(kernelspec={"name": "ir", "language": "R"})),
        "kernel for R",
    ),
    "test deleted": _full(_change(lambda notebook: notebook["cells"].remove(_cell(notebook, TEST))), "was put back"),
    "answer deleted": _none(
        _change(lambda notebook: notebook["cells"].remove(_cell(notebook, "half"))), repaired="counts as not answered"
    ),
    "cells doubled": _full(
        _change(lambda notebook: notebook["cells"].extend(copy.deepcopy(notebook["cells"]))), "2 times"
    ),
    "test changed": _full(_change(lambda notebook: _cell(notebook, TEST).update(source="assert True")), "was changed"),
    "saved by Colab": _full(_change(_from_colab), "lost its nbgrader mark"),
    "metadata null": _full(
        _change(lambda notebook: [cell["metadata"].update(nbgrader=None) for cell in notebook["cells"]]),
        "lost its nbgrader mark",
    ),
    "timestamp unreadable": _full(_timestamp(b"\xff\xfe\x00yesterday"), "has no time in it"),
    "timestamp to come": _full(_timestamp(b"9999-12-31 23:59:59 UTC"), "a time to come"),
    "exits": _none(_answer("import os\nos._exit(0)"), reason="exit"),
    "never ends": _none(_answer("while True:\n    pass"), reason="timeout"),
    "prints for ever": _none(_answer("while True:\n    print('x' * 10_000)"), reason="output"),
    "no Python": _none(_answer("def half(n:")),
    "always equal": _none(_answer(f"{YES}\n\ndef half(n):\n    return Yes(7)")),
}
HONEST = _full(_change(lambda notebook: None))
NAMES = ("Zoë Ångström", "o'Brien, d", "名前", "with  two spaces")
"""Learners' folders as they come; such a name must change nothing."""


@dataclass(frozen=True)
class BrokenBatch:
    """The folder, and the kind of each learner's submission."""

    folder: Path
    kinds: Mapping[str, Kind]

    def find_faults(self, lines: list[dict[str, Any]]) -> list[str]:
        """Return what is not as it must be in the lines of ``trailbook grade --json``: one result for each learner."""
        found = {line["learner"]: line for line in lines if line["grade_id"] == TEST}
        faults = [f"{learner}: no result" for learner in self.kinds.keys() - found.keys()]
        for learner, kind in self.kinds.items():
            line = found.get(learner)
            if line is None:
                continue
            seen = (line["status"], line["reason"], line["score"])
            if seen != (kind.status, kind.reason, kind.score):
                faults.append(f"{learner}: {seen}, not {(kind.status, kind.reason, kind.score)}")
            if kind.repaired not in " ".join(line["repaired"]):
                faults.append(f"{learner}: {line['repaired']} does not say {kind.repaired!r}")
        return faults


def broken_batch(folder: Path, *, learners: int, share: float = 0.05) -> BrokenBatch:
    """Write a course with submissions, of which a share is of the `KINDS`, each kind in its turn.

    Parameters
    ----------
    share
        In [0, 1]; 1 for one of each kind among as many learners.
    """
    released = _write_course(folder)
    notebook = rebuild(released, {"half": SOLUTION})
    broken = round(learners * share)
    kinds: dict[str, Kind] = {}
    for number in range(learners):
        is_broken = number < broken
        name = list(KINDS)[number % len(KINDS)] if is_broken else ""
        said = name or (NAMES[number % len(NAMES)] if number % 10 == 0 else "learner")
        learner = f"{said} {number:03}"
        kinds[learner] = KINDS[name] if is_broken else HONEST
        path = folder / "submitted" / learner / KEY.module / f"{KEY.name}.ipynb"
        path.parent.mkdir(parents=True)
        kinds[learner].put(path, notebook)
    return BrokenBatch(folder, kinds)


def _write_course(folder: Path) -> Notebook:
    test = "assert half(2) == 1, 'half of 2 is 1'\n### BEGIN HIDDEN TESTS\nassert half(90) == 45\n### END HIDDEN TESTS"
    source = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Halves"},
            _code("half", f"### BEGIN SOLUTION\n{SOLUTION}\n### END SOLUTION", solution=True),
            _code(TEST, test, grade=True, locked=True, points=POINTS),
        ],
    }
    path = folder / "source" / f"{KEY}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(source))
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 2\n")
    lesson = CourseFilesFolder(folder).read_lesson(KEY).notebook
    assert lesson is not None
    return NbgraderStripper(folder).strip(lesson)


def _code(grade_id: str, source: str, **marks: object) -> Notebook:
    known = {"grade_id": grade_id, "schema_version": 3, "task": False, "grade": False, "solution": False}
    return {
        "cell_type": "code",
        "id": grade_id,
        "metadata": {"nbgrader": {**known, "locked": False, **marks}},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
