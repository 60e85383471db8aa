"""What the outputs of a run say: points for each test cell, with nbgrader's rules, and why points are missing.

Differences from ``nbgrader.utils.determine_grade``, each for honest work:

- Text on standard error does not cost points: a warning is no failure.
- A number returned for partial credit may be numpy's (``np.float64(0.5)``). One above the points counts as all of
  them (nbgrader stops), one below zero and ``nan`` as none (nbgrader gives full points).
- A test that did not run has no points and says why; nbgrader keeps whatever was there before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbook.domain.course import GradingLimits
from trailbook.domain.exercise import Exercise
from trailbook.domain.explanations import Explainer, Place
from trailbook.domain.notebook import GradeCell, exercises_of, grade_cells, unanswered
from trailbook.domain.results import TestResult
from trailbook.domain.runs import CellRun

NUMPY_NUMBER = re.compile(r"(?:np|numpy)\.(?:float|int|uint|longdouble)\d*\((.*)\)")
OUT_OF_TIME, OUT_OF_MEMORY = "timeout", "memory"


@dataclass(frozen=True)
class Judged:
    """Results for the tests asked for, and the reason code when something stopped the code; "" for none."""

    tests: tuple[TestResult, ...]
    reason: str


def judge(
    notebook: Mapping[str, Any],
    released: Mapping[str, Any],
    runs: Mapping[int, CellRun],
    *,
    stopped: str,
    limits: GradingLimits,
    answers: Mapping[str, str],
    only: Collection[str] = (),
) -> Judged:
    """Return the verdict on a rebuilt notebook that ran.

    Parameters
    ----------
    released
        What the learner sees of it: the text a message may quote.
    runs
        By position of the cell in ``notebook``.
    stopped
        Reason code when the run was stopped before its end, else ``""``.
    only
        ``grade_id`` of the tests asked for; all when empty.
    """
    cells = [cell for cell in grade_cells(notebook) if cell.cell_type == "code"]
    exercises = exercises_of(notebook)
    blank = unanswered(released, exercises, answers)
    explain = Explainer(released, limits, cells, stopped=stopped)
    positions = {cell.grade_id: cell.index for cell in cells}
    tests, reasons = [], []
    for cell in cells:
        if not cell.is_test or (only and cell.grade_id not in only):
            continue
        run = runs.get(cell.index)
        score = _score(cell, run)
        if score >= cell.points:
            tests.append(TestResult(cell.grade_id, score, cell.points))
            continue
        exercise = _exercise_of(exercises, cell.grade_id)
        own = [runs[positions[name]] for name in exercise.answer_cells if positions.get(name) in runs]
        place = Place(cell, run, own, is_blank=bool(exercise.answer_cells) and exercise.id in blank)
        tests.append(TestResult(cell.grade_id, score, cell.points, explain.message(place)))
        reasons.append(_reason(run, own, stopped))
    return Judged(tuple(tests), next(filter(None, reasons), ""))


def score_of(outputs: Sequence[Mapping[str, Any]], points: float) -> float:
    """Return the points a test cell's outputs give: none after an error, the number returned, else all.

    >>> score_of([{"output_type": "execute_result", "data": {"text/plain": "0.5"}}], 2.0)
    0.5
    >>> score_of([{"output_type": "stream", "name": "stderr", "text": "a warning"}], 2.0)
    2.0
    """
    for output in outputs:
        if output.get("output_type") == "error":
            return 0.0
        if output.get("output_type") == "execute_result":
            return _partial(output.get("data", {}).get("text/plain"), points)
    return points


def _score(cell: GradeCell, run: CellRun | None) -> float:
    if run is None:
        return 0.0 if cell.source.strip() else cell.points  # an empty cell has nothing to fail
    if run.status != "ok" or run.failed:
        return 0.0
    return score_of(run.outputs, cell.points)


def _partial(shown: object, points: float) -> float:
    """Return the points for a returned value: a number is partial credit, anything else is no verdict of its own."""
    text = "".join(map(str, shown)) if isinstance(shown, list) else str(shown)
    wrapped = NUMPY_NUMBER.fullmatch(text.strip())
    try:
        number = float(wrapped[1] if wrapped else text)
    except ValueError:
        return points
    return min(max(number, 0.0), points) if not math.isnan(number) else 0.0


def _exercise_of(exercises: Sequence[Exercise], test: str) -> Exercise:
    return next(exercise for exercise in exercises if test in exercise.test_cells)


def _reason(run: CellRun | None, own: Sequence[CellRun], stopped: str) -> str:
    if run is None or run.status == "not_run":
        return stopped
    if any(each.status == "timeout" for each in (run, *own)):
        return OUT_OF_TIME
    if any(each.error is not None and each.error.get("ename") == "MemoryError" for each in (run, *own)):
        return OUT_OF_MEMORY
    return ""
