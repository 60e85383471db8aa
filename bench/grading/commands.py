"""The two commands that are compared, each as a teacher runs it, and how long they take."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grading.courses import Batch

BIN = Path(sys.executable).parent
MOST_SECONDS = 3600


@dataclass(frozen=True)
class Took:
    """How long a batch took, as the wall clock says, from the start of the command to its end.

    Attributes
    ----------
    outcomes
        How many notebooks had which status; empty for nbgrader, which prints none.
    """

    seconds: float
    notebooks: int
    outcomes: Counter[str]

    @property
    def rate(self) -> float:
        """Notebooks a second."""
        return self.notebooks / self.seconds


def trailbook_grade(batch: Batch, *, jobs: int | None = None) -> Took:
    """Grade with `trailbook grade`, isolation on."""
    more = [] if jobs is None else ["--jobs", str(jobs)]
    started = time.monotonic()
    done = _run([str(BIN / "trailbook"), "grade", str(batch.folder), batch.module, "--json", *more], batch.folder)
    seconds = time.monotonic() - started
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    outcomes = {(line["learner"], line["lesson"]): str(line["status"]) for line in lines}
    if done.returncode not in (0, 1) or not outcomes:
        raise RuntimeError(f"trailbook grade failed: {done.stderr[-2000:]}")
    return Took(seconds, len(outcomes), Counter(outcomes.values()))


def nbgrader_autograde(batch: Batch, *, processes: int = 1) -> Took:
    """Grade with `nbgrader autograde`: with one process, or with several that share the learners.

    Each of several has a gradebook of its own, since they would wait for each other's locks: nbgrader at its best.
    """
    _make_assignment(batch)
    names = sorted(path.name for path in (batch.folder / "submitted").iterdir())
    for number in range(processes):
        shutil.copy(batch.folder / "gradebook.db", batch.folder / f"gradebook-{number}.db")
    started = time.monotonic()
    running = [
        subprocess.Popen(
            [
                *(str(BIN / "nbgrader"), "autograde", "--assignment", batch.module, "--force"),
                f"--db=sqlite:///{batch.folder}/gradebook-{number}.db",
                f"--CourseDirectory.student_id_exclude={','.join(set(names) - set(names[number::processes]))}",
            ],
            cwd=batch.folder,
            env=_environment(batch.folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    errors = [process.communicate(timeout=MOST_SECONDS)[1] for process in running]
    seconds = time.monotonic() - started
    for process, error in zip(running, errors, strict=True):
        if process.returncode != 0:
            raise RuntimeError(f"nbgrader autograde failed: {error[-2000:]}")
    graded = len(list((batch.folder / "autograded").glob(f"*/{batch.module}/*.ipynb")))
    return Took(seconds, graded, Counter())


def _make_assignment(batch: Batch) -> None:
    """Put the assignment into nbgrader's database; its time counts for neither side."""
    done = _run([str(BIN / "nbgrader"), "generate_assignment", batch.module, "--force"], batch.folder)
    if done.returncode != 0:
        raise RuntimeError(f"nbgrader generate_assignment failed: {done.stderr[-2000:]}")


def _run(argv: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, cwd=folder, env=_environment(folder), capture_output=True, text=True, check=False, timeout=MOST_SECONDS
    )


def _environment(folder: Path) -> dict[str, str]:
    """Return what a command sees: nothing of this user's own configuration of Jupyter."""
    return {"HOME": str(folder), "PATH": f"{BIN}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
