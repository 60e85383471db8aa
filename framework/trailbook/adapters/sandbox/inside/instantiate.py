"""Runs inside the box: nbgrader's own `InstantiateTests` on a notebook, which runs the solution to write the tests.

Reads one JSON job from standard input and writes one JSON answer to standard output. Needs nbgrader, nothing of ours.
"""

import base64
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    job = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the notebook's kernel prints is no answer
    folder = Path(job["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in job["files"].items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(content))
    json.dump(instantiate(job, folder), answers)
    answers.flush()


def instantiate(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the notebook with its tests, or why there is none."""
    from nbformat.notebooknode import from_dict
    from nbgrader.preprocessors import InstantiateTests
    from traitlets.config import Config

    notebook = from_dict(job["notebook"])  # type: ignore[no-untyped-call]  # nbformat has no types
    try:
        with contextlib.chdir(folder):
            step = InstantiateTests(config=Config({"InstantiateTests": job["settings"]}))
            made, _ = step(notebook, {"metadata": {"path": str(folder)}})
    except Exception as error:  # noqa: BLE001 - whatever a course's templates and solutions do
        text = str(error).strip().splitlines()
        return {"problem": f"{type(error).__name__}: {text[0] if text else 'no reason given'}"}
    return {"notebook": made}


if __name__ == "__main__":
    main()
