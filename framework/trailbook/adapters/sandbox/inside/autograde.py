"""Runs inside the box: nbgrader's own `autograde`, submission by submission, in a folder that is a copy.

Reads one JSON job from standard input and writes one line of JSON for each learner and module to standard output.
Needs nbgrader, nothing of ours. One submission that stops nbgrader does not keep it from the next.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import warnings
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

MOST_CHARACTERS = 300  # of what nbgrader said


def main() -> None:
    """Do the job."""
    warnings.simplefilter("ignore")
    job = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what nbgrader and its kernels print is no answer
    os.chdir(job["folder"])
    database = f"sqlite:///{job['folder']}/gradebook.db"
    broken = {module: prepare(module, job, database) for module in job["modules"]}
    for module, student in job["submissions"]:
        run("update", [f"submitted/{student}/{module}"], database)
        found = {"module": module, "student": student, "failed": broken[module], "released": not broken[module]}
        if not broken[module]:
            found["failed"] = run("autograde", [module, "--student", student], database)
            found["notebooks"] = rows(module, student, database)
        print(json.dumps(found), file=answers, flush=True)


def prepare(module: str, job: dict[str, Any], database: str) -> str:
    """Make nbgrader know an assignment, as its author would, and return why it cannot be, "" if it can."""
    from nbgrader.api import Gradebook

    run("update", [f"source/{module}"], database)  # what it cannot update, it refuses in the next step, and says why
    why = run("generate_assignment", [module, "--create", "--force"], database)
    if not why:
        with Gradebook(database) as gradebook:
            if module in job["due"]:
                due = datetime.fromisoformat(job["due"][module])
                gradebook.update_or_create_assignment(module, duedate=due)
            for student, seconds in job["extensions"].get(module, {}).items():
                gradebook.update_or_create_student(student)
                gradebook.update_or_create_submission(module, student, extension=timedelta(seconds=seconds))
    return why


def run(command: str, arguments: list[str], database: str) -> str:
    """Run one of nbgrader's commands and return why it failed, "" if it did not."""
    from nbgrader.apps import AutogradeApp, GenerateAssignmentApp, UpdateApp

    kinds = {"autograde": AutogradeApp, "generate_assignment": GenerateAssignmentApp, "update": UpdateApp}
    app = kinds[command](log_level=logging.ERROR)
    said = Said()
    try:
        here = [f"--CourseDirectory.root={Path.cwd()}", f"--CourseDirectory.db_url={database}"]
        app.initialize([*arguments, *here])
        app.log.addHandler(said)
        app.start()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever stops nbgrader is the answer
        return said.last() or f"{type(error).__name__}: {error}"[:MOST_CHARACTERS]
    finally:
        for handler in list(app.log.handlers):
            app.log.removeHandler(handler)
    return ""


class Said(logging.Handler):
    """Keeps what nbgrader says of errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self._texts.append(record.getMessage())

    def last(self) -> str:
        """Return the last line of the longest story: of a traceback, what it ends with."""
        lines = max(self._texts, key=len, default="").strip().splitlines()
        return lines[-1][:MOST_CHARACTERS] if lines else ""


def rows(module: str, student: str, database: str) -> dict[str, Any]:
    """Return what the gradebook has of a submission, and what each graded cell showed."""
    from nbgrader.api import Gradebook, MissingEntry

    found = {}
    with Gradebook(database) as gradebook, contextlib.suppress(MissingEntry):
        for notebook in gradebook.find_submission(module, student).notebooks:
            shown = outputs_of(Path("autograded", student, module, f"{notebook.name}.ipynb"))
            found[notebook.name] = {
                grade.name: {"score": grade.auto_score, "warned": warned(shown.get(grade.name, ()))}
                for grade in notebook.grades
            }
    return found


def outputs_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the outputs of each cell nbgrader knows."""
    if not path.exists():
        return {}
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return {cell["metadata"].get("nbgrader", {}).get("grade_id", ""): cell.get("outputs", []) for cell in cells}


def warned(outputs: list[dict[str, Any]] | tuple[()]) -> bool:
    """Whether a cell showed text on standard error and no error: then nbgrader gives no points for the text."""
    kinds = {output["output_type"] for output in outputs}
    return "error" not in kinds and any(output.get("name") == "stderr" for output in outputs)


if __name__ == "__main__":
    main()
