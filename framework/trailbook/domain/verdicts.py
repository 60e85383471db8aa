"""What the outputs of a run say: points for each test cell, with nbgrader's rules, and why points are missing.

As ``nbgrader.utils.determine_grade`` reads them, to the letter: a returned value is partial credit where its text is a
number between zero and the points, and anything else (``-1``, ``nan``, ``True``, ``'0.5'``, ``np.float64(0.5)``) takes
nothing away. Differences, each for honest work:

- Text on standard error does not cost points: a warning is no failure.
- A number above the points counts as all of them: nbgrader stops there, and the notebook has no verdict.
- A test that did not run has no points and says why; nbgrader keeps whatever was there before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from trailbook.domain.course import GradingLimits
from trailbook.domain.exercise import Exercise
from trailbook.domain.explanations import Explainer, Place
from trailbook.domain.notebook import GradeCell, exercises_of, grade_cells, unanswered
from trailbook.domain.results import Mode, TestResult
from trailbook.domain.runs import CellRun

OUT_OF_TIME, OUT_OF_MEMORY, ENDED = "timeout", "memory", "exit"


NO_POINTS = "This test returned something other than a number of points from 0 to all of them, which counts as none."
"""Said where the reference solution got partial credit, and this answer made the test return what is none."""


@dataclass(frozen=True)
class Judged:
    """Results for the tests asked for.

    Attributes
    ----------
    reason
        Reason code when something stopped the code; "" for none.
    vague
        ``grade_id`` of the tests whose message leaves out words of the run because a hidden test ran before: a run
        without hidden tests could say more.
    """

    tests: tuple[TestResult, ...]
    reason: str
    vague: frozenset[str] = frozenset()


class Judge:
    """Makes verdicts on one rebuilt notebook, test by test as they end, or all at once.

    Parameters
    ----------
    released
        What the learner sees of it: the text a message may quote.
    modes
        How each test cell runs, by ``grade_id``; those not named run in the notebook's kernel.
    numbers
        Test cells that gave partial credit for the reference solution: apart, whatever else they return is no points,
        since it may well be made of what the learner chose. nbgrader has full points for it.
    """

    def __init__(
        self,
        notebook: Mapping[str, Any],
        released: Mapping[str, Any],
        *,
        limits: GradingLimits,
        answers: Mapping[str, str],
        modes: Mapping[str, Mode] = MappingProxyType({}),
        numbers: Collection[str] = (),
    ) -> None:
        self._numbers = frozenset(numbers)
        self._cells = [cell for cell in grade_cells(notebook) if cell.cell_type == "code"]
        self._exercises = exercises_of(notebook)
        self._blank = unanswered(released, self._exercises, answers)
        self._explain = Explainer(released, limits, self._cells)
        self._positions = {cell.grade_id: cell.index for cell in self._cells}
        self._modes = modes

    def judge(self, runs: Mapping[int, CellRun], *, stopped: str, only: Collection[str] = ()) -> Judged:
        """Return the verdict on a run that ended; see `judge`."""
        tests, reasons, vague = [], [], set()
        for cell in self._cells:
            if not cell.is_test or (only and cell.grade_id not in only):
                continue
            test = self.judge_test(cell.grade_id, runs, stopped=stopped)
            tests.append(test)
            if not test.passed:
                place = self._place(cell, runs)
                reasons.append(_reason(place.run, place.answers, stopped))
                if self._explain.is_vague(place):
                    vague.add(cell.grade_id)
        return Judged(tuple(tests), next(filter(None, reasons), ""), frozenset(vague))

    def judge_test(self, grade_id: str, runs: Mapping[int, CellRun], *, stopped: str = "") -> TestResult:
        """Return the outcome of one test cell, which may be the last that ran."""
        cell = next(each for each in self._cells if each.grade_id == grade_id)
        run = runs.get(cell.index)
        score = _score(cell, run)
        message = "" if score >= cell.points else self._explain.message(self._place(cell, runs), stopped=stopped)
        if run is not None and grade_id in self._numbers and _gave_no_points(cell, run):
            score, message = 0.0, NO_POINTS
        mode = self._modes.get(grade_id, Mode.KERNEL)
        return TestResult(grade_id, score, cell.points, message, mode, self._explain.hides(cell))

    def _place(self, cell: GradeCell, runs: Mapping[int, CellRun]) -> Place:
        exercise = _exercise_of(self._exercises, cell.grade_id)
        own = [runs[self._positions[name]] for name in exercise.answer_cells if self._positions.get(name) in runs]
        is_blank = bool(exercise.answer_cells) and exercise.id in self._blank
        return Place(cell, runs.get(cell.index), own, is_blank=is_blank)


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
    return Judge(notebook, released, limits=limits, answers=answers).judge(runs, stopped=stopped, only=only)


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


def _gave_no_points(cell: GradeCell, run: CellRun) -> bool:
    """Whether a test that ran apart to its end returned nothing that is a number of its points."""
    ended = run.apart and run.status == "ok" and not run.failed
    return ended and (run.value is None or not 0.0 <= run.value <= cell.points)


def _score(cell: GradeCell, run: CellRun | None) -> float:
    if run is None:
        return 0.0 if cell.source.strip() else cell.points  # an empty cell has nothing to fail
    if run.status != "ok" or run.failed:
        return 0.0
    if run.apart:
        return cell.points if run.value is None else _counted(run.value, cell.points)
    return score_of(run.outputs, cell.points)


def _partial(shown: object, points: float) -> float:
    """Return the points for a returned value's text: a number is partial credit, anything else all of them."""
    try:
        number = float("".join(map(str, shown)) if isinstance(shown, list) else str(shown))
    except ValueError:
        return points
    return _counted(number, points)


def _counted(number: float, points: float) -> float:
    return number if 0.0 <= number <= points else points


def _exercise_of(exercises: Sequence[Exercise], test: str) -> Exercise:
    return next(exercise for exercise in exercises if test in exercise.test_cells)


def _reason(run: CellRun | None, own: Sequence[CellRun], stopped: str) -> str:
    if run is None or run.status == "not_run":
        return stopped
    if any(each.status == "timeout" for each in (run, *own)):
        return OUT_OF_TIME
    if any(each.error is not None and each.error.get("ename") == "MemoryError" for each in (run, *own)):
        return OUT_OF_MEMORY
    if any(each.error is not None and each.error.get("ename") == "SystemExit" for each in (run, *own)):
        return ENDED
    return ""
