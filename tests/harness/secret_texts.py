"""What no learner may ever receive: the lines of solutions and hidden tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", re.DOTALL)
LEAST_LENGTH = 16  # shorter lines, such as `return totals`, are nobody's secret


def secret_lines(course: Path) -> set[str]:
    """Return the lines of the course's solutions and hidden tests that stand nowhere in what it releases."""
    secret, shown = [], []
    for cell in _cells(course):
        text = "".join(cell["source"])
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("solution") and not _REGION.search(text):
            secret.append(text)  # without marks the whole cell is the solution
        else:
            secret += [region[2] for region in _REGION.finditer(text)]
            shown.append(_REGION.sub("", text))
    lines = {line.strip() for text in secret for line in text.splitlines()}
    told = "\n".join(shown)
    return {line for line in lines if len(line) >= LEAST_LENGTH and line not in told}


def _cells(course: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((course / "source").rglob("*.ipynb")):
        yield from json.loads(path.read_text("utf-8"))["cells"]
