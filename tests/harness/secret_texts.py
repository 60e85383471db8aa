"""What no learner may ever receive: the lines of solutions and hidden tests."""

from __future__ import annotations

import json
import re
from pathlib import Path

_REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", re.DOTALL)
LEAST_LENGTH = 12  # shorter lines, such as `return x`, are nobody's secret


def secret_lines(course: Path) -> set[str]:
    """Return the lines of the course's solutions and hidden tests that its released notebooks do not have."""
    source = "\n".join(_cells(course / "source"))
    open_text = _REGION.sub("", source)
    lines = {
        line.strip()
        for region in _REGION.finditer(source)
        for line in region[2].splitlines()
        if len(line.strip()) >= LEAST_LENGTH
    }
    return {line for line in lines if line not in open_text}


def manual_solutions(course: Path) -> set[str]:
    """Return the model answers of the cells a person grades: their whole text is the solution."""
    return {
        text.strip()
        for cell in _raw_cells(course / "source")
        if (mark := cell.get("metadata", {}).get("nbgrader", {})) and mark.get("solution") and mark.get("grade")
        for text in ["".join(cell["source"])]
        if len(text.strip()) >= LEAST_LENGTH and cell["cell_type"] == "markdown"
    }


def _cells(folder: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in _raw_cells(folder)]


def _raw_cells(folder: Path) -> list[dict]:  # type: ignore[type-arg]  # notebook JSON
    notebooks = sorted(folder.rglob("*.ipynb"))
    return [cell for path in notebooks for cell in json.loads(path.read_text("utf-8"))["cells"]]
