"""A batch in which one submission of twenty is hostile or broken: each has a result, and none ends the batch."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grading.commands import trailbook_grade
from grading.courses import Batch, template_course
from grading.rows import Row

EVERY = 20  # of so many submissions one is hostile
Notebook = dict[str, Any]


def hostile_batch(folder: Path, *, submissions: int) -> Iterator[Row]:
    """Yield how many of the submissions had a result, and how many of the honest ones a score."""
    batch = template_course(folder / "hostile", learners=submissions)
    batch = _one_lesson(batch)
    broken = 0
    for number, path in enumerate(sorted((batch.folder / "submitted").glob(f"*/{batch.module}/*.ipynb"))):
        if number % EVERY == 0:
            _, spoil = WAYS[(number // EVERY) % len(WAYS)]
            spoil(path, json.loads(path.read_text()))
            broken += 1
    took = trailbook_grade(batch)
    graded = Counter(took.outcomes)["graded"] + Counter(took.outcomes)["needs_review"]
    note = f"{broken} hostile or broken; {dict(took.outcomes)}; {took.seconds:.0f} s"
    yield Row(f"results of {submissions} submissions", took.notebooks, "", at_least=submissions, note=note)
    yield Row("of these, honest ones with a score", graded, "", at_least=submissions - broken)


def _one_lesson(batch: Batch) -> Batch:
    """Keep the first lesson's submissions only, so that a submission is a notebook."""
    first = min(path.name for path in (batch.folder / "submitted").glob("*/*/*.ipynb"))
    for path in (batch.folder / "submitted").glob("*/*/*.ipynb"):
        if path.name != first:
            path.unlink()
    return replace(batch, notebooks=1)


def _code_cells(notebook: Mapping[str, Any]) -> list[Notebook]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _answer(notebook: Mapping[str, Any]) -> Notebook:
    return next(cell for cell in _code_cells(notebook) if cell["metadata"].get("nbgrader", {}).get("solution"))


def _no_json(path: Path, notebook: Notebook) -> None:
    path.write_bytes(b"{nope")


def _merged(path: Path, notebook: Notebook) -> None:
    path.write_text("<<<<<<< mine\n" + json.dumps(notebook) + "\n=======\n{}\n>>>>>>> theirs\n")


def _empty(path: Path, notebook: Notebook) -> None:
    path.write_bytes(b"")


def _large(path: Path, notebook: Notebook) -> None:
    with path.open("wb") as file:
        file.write(b'{"cells": [], "x": "')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}')


def _other_kernel(path: Path, notebook: Notebook) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "julia-1.11", "display_name": "Julia", "language": "julia"}
    path.write_text(json.dumps(notebook))


def _deleted(path: Path, notebook: Notebook) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")]
    path.write_text(json.dumps(notebook))


def _colab(path: Path, notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {"id": "x", "colab": {}}
    path.write_text(json.dumps({**notebook, "nbformat_minor": 0, "metadata": {"colab": {"provenance": []}}}))


def _runs(code: str) -> Callable[[Path, Notebook], None]:
    def spoil(path: Path, notebook: Notebook) -> None:
        _answer(notebook)["source"] = code
        path.write_text(json.dumps(notebook))

    return spoil


def _fifo(path: Path, notebook: Notebook) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _null(path: Path, notebook: Notebook) -> None:
    path.write_text(
        json.dumps({**notebook, "cells": [{**c, "metadata": {"nbgrader": None}} for c in notebook["cells"]]})
    )


WAYS: tuple[tuple[str, Callable[[Path, Notebook], None]], ...] = (
    ("no JSON", _no_json),
    ("merged", _merged),
    ("empty", _empty),
    ("100 MB", _large),
    ("wrong kernel", _other_kernel),
    ("deleted cells", _deleted),
    ("copied from Colab", _colab),
    ("exits", _runs("import os\nos._exit(0)")),
    ("fork bomb", _runs("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")),
    ("hog", _runs("hog = []\nwhile True: hog.append(bytearray(b'x') * 10_000_000)")),
    ("endless output", _runs("while True: print('x' * 1000)")),
    ("a device", _fifo),
    ("nbgrader: null", _null),
    ("kills everything", _runs("import os\nos.kill(-1, 9)")),
    ("no Python", _runs("this is (no Python")),
)
