"""nbgrader's AUTOTEST lines: tests that nbgrader writes by running the author's solution.

Its own preprocessor does it, in a sandbox without network: a solution is a program, and the course service, which
makes releases, holds every course.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from trailbook.adapters import boxed_program
from trailbook.adapters.nbgrader.settings import NbgraderCourse
from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.errors import ProblemsFound, Unavailable
from trailbook.domain.notebook import cells_of, source_of
from trailbook.domain.notebook_format import describe_cell
from trailbook.domain.problem import Problem
from trailbook.services.ports import Notebook

MARKER, TEMPLATES = "AUTOTEST", "autotests.yml"
SECONDS = 180
KEPT = 32  # notebooks whose tests are remembered: a check asks for the same ones as the release after it
MAX_TEMPLATES_BYTES = 1_000_000

_made: OrderedDict[str, Notebook] = OrderedDict()
_lock = threading.Lock()


def instantiate_tests(notebook: Notebook, course: NbgraderCourse, files: Mapping[str, bytes]) -> Notebook:
    """Return the notebook with a test in place of each AUTOTEST line; the same notebook where there is none.

    The tests are the same each time, so this is done once for a content.

    Parameters
    ----------
    notebook
        With the author's solutions.
    files
        What lies beside it; `autotests.yml` is looked for there, then in the course folder, as nbgrader does.

    Raises
    ------
    ProblemsFound
        nbgrader cannot write the tests; the problem names the first cell that wants some.
    """
    settings = dict(course.settings.get("InstantiateTests", {}))
    cell = _first_cell(notebook, str(settings.get("autotest_delimiter", MARKER)))
    if cell is None:
        return notebook
    name = str(settings.get("autotest_filename", TEMPLATES))
    beside = dict(files)
    if name not in beside:
        templates = SafeFolder(course.root).find(name, max_bytes=MAX_TEMPLATES_BYTES)
        if templates is None:
            raise _refusal(cell, f"There is no {name} beside the notebook or in the course folder.")
        beside[name] = templates
    job = {
        "notebook": {**notebook, "cells": [_without_outputs(each) for each in cells_of(notebook)]},
        "settings": settings,
        "folder": str(boxed_program.HOME_INSIDE / "work"),
        "files": {path: base64.b64encode(content).decode() for path, content in sorted(beside.items())},
    }
    text = json.dumps(job, sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()
    with _lock:
        if key not in _made:
            _made[key] = _run(text, cell)
            while len(_made) > KEPT:
                _made.popitem(last=False)
        made: Notebook = json.loads(json.dumps(_made[key]))
    return made


def _first_cell(notebook: Notebook, marker: str) -> Mapping[str, Any] | None:
    for cell in cells_of(notebook):
        lines = source_of(cell).splitlines() if cell["cell_type"] == "code" else ()
        if any(line.lstrip().startswith("#") and marker in line for line in lines):
            return cell
    return None


def _without_outputs(cell: Mapping[str, Any]) -> dict[str, Any]:
    return {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else dict(cell)


def _run(job: str, cell: Mapping[str, Any]) -> Notebook:
    try:
        with boxed_program.start("instantiate.py") as process:
            try:
                answers, complaints = process.communicate(job, timeout=SECONDS)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise _refusal(cell, f"The notebook ran for more than {SECONDS} seconds.") from error
        answer = json.loads(answers)
    except Unavailable as refusal:
        raise _refusal(cell, refusal.message) from refusal
    except ValueError as error:
        said = (complaints.strip().splitlines() or ["no reason given"])[-1]
        raise _refusal(cell, f"The sandbox ended: {said}.") from error
    if "notebook" not in answer:
        raise _refusal(cell, f"{answer.get('problem', 'No reason given')}.")
    notebook: Notebook = answer["notebook"]
    return notebook


def _refusal(cell: Mapping[str, Any], why: str) -> ProblemsFound:
    message = f"nbgrader cannot write the tests that its {MARKER} lines ask for. {why}"
    problem = Problem("autotest", message, cell=describe_cell(cell))
    return ProblemsFound("problems_found", message, problems=[problem.as_plain()])
