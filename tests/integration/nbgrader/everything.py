"""A course with everything nbgrader grades, and what learners hand in for it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.notebooks import answer, check, code, locked, manual_code, markdown, notebook, task, written

from trailbook.domain.rebuild import rebuild

MODULE = "week 1"
CONFIG = """
c = get_config()
c.Execute.timeout = 2
c.AssignLatePenalties.plugin_class = "half_off.HalfOff"
"""
PLUGIN = """
from nbgrader.plugins import BasePlugin

class HalfOff(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2 if total_seconds_late < 86400 else score + 100
"""

RETURNED = ["0.5", "1", "0", "2.0", "True", "-1", "float('nan')", "np.float64(0.5)", "np.int64(1)", "'0.5'", "[0.5]"]
RETURNED += ["None", "{'points': 1}", "10 ** 400 * 0 + 1", "value / 4", "np.array(0.5)", "Fraction(1, 2)"]
PARTIAL = notebook(
    code("import numpy as np\nfrom fractions import Fraction"),
    answer("value", "### BEGIN SOLUTION\nvalue = 8\n### END SOLUTION"),
    *[check(f"returned-{number}", text, points=2) for number, text in enumerate(RETURNED)],
    check("worth-nothing", "assert value == 8", points=0),
    check("shows", "print(value)\nassert value\nvalue == 8;", points=1),
    check("empty", "", points=1),
)
CODE = notebook(
    markdown("# Code"),
    locked("given", "def given(x):\n    return x + 1"),
    answer("double", "def double(n):\n    ### BEGIN SOLUTION\n    return 2 * n\n    ### END SOLUTION"),
    check("double-test", "assert double(given(1)) == 4", points=2),
    check("double-hidden", "double(1)\n### BEGIN HIDDEN TESTS\nassert double(-3) == -6\n### END HIDDEN TESTS"),
    answer("slow", "### BEGIN SOLUTION\nready = 1\n### END SOLUTION"),
    check("slow-test", "assert ready == 1"),
    check("state", "seen = [1]\nassert seen"),
    check("state-again", "seen.append(2)\nassert len(seen) == 2"),
)
BY_HAND = notebook(
    written("why", "Because."),
    manual_code("plot", "### BEGIN SOLUTION\nprint('a plot')\n### END SOLUTION"),
    written("stays", "As it was."),
    task("draw"),
    answer("end", "### BEGIN SOLUTION\nend = 3\n### END SOLUTION"),
    check("end-test", "assert end == 3\nend / 6", points=1),
)


def old(made: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Return a notebook as nbgrader wrote it years ago: metadata of an early schema, and cells without ids."""
    found = copy.deepcopy(dict(made))
    found["nbformat_minor"] = 2
    for cell in found["cells"]:
        del cell["id"]
        marks = cell["metadata"].get("nbgrader")
        if marks is not None:
            del marks["task"]
            if version:
                marks["schema_version"] = version
            else:
                del marks["schema_version"]
                marks["points"] = str(marks.get("points", ""))
    return found


SOURCES = {"by hand": BY_HAND, "code": CODE, "partial": PARTIAL}
OLD = {f"old {version}": old(CODE, version) for version in (0, 1, 2)}


def write_sources(folder: Path, sources: Mapping[str, Mapping[str, Any]], *, config: str = CONFIG) -> None:
    """Write the course."""
    place = folder / "source" / MODULE
    place.mkdir(parents=True)
    for name, made in sources.items():
        (place / f"{name}.ipynb").write_text(json.dumps(made))
    (place / "data.csv").write_text("a,b\n1,2\n")
    (folder / "nbgrader_config.py").write_text(config)
    (folder / "half_off.py").write_text(PLUGIN)


def hand_in(folder: Path, student: str, answers: Mapping[str, Mapping[str, str]], *, timestamp: str = "") -> None:
    """Put released notebooks with these answers, by lesson, into `submitted/`."""
    place = folder / "submitted" / student / MODULE
    place.mkdir(parents=True)
    for lesson, given in answers.items():
        released = json.loads((folder / "release" / MODULE / f"{lesson}.ipynb").read_text())
        starters = {
            cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
            for cell in released["cells"]
            if cell["metadata"].get("nbgrader", {}).get("solution")
        }
        (place / f"{lesson}.ipynb").write_text(json.dumps(rebuild(released, {**starters, **given})))
    if timestamp:
        (place / "timestamp.txt").write_text(timestamp)
