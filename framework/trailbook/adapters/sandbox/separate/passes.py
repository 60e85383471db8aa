"""One pass through a notebook, step by step: with the tester apart, or with its tests in the learner's process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trailbook.adapters.sandbox.separate.conduct import CellStopped, Conductor
from trailbook.adapters.sandbox.separate.plan import Kind, Step
from trailbook.adapters.sandbox.stopped import Stopped
from trailbook.domain.runs import CellRun

OnRun = Callable[[Step, Mapping[int, CellRun]], None]
"""Told of each wanted test as its cell ends, with all that ran so far."""


@dataclass
class Passed:
    """What a pass found.

    Attributes
    ----------
    runs
        By position of the cell: of answers and the instructor's cells as the learner's process showed them, of tests
        as the tester judged them.
    stopped
        Reason code when the pass was stopped before its end, else "".
    in_tester
        How the instructor's cells ran in the tester.
    said
        What the tester said at its end, where it was asked.
    """

    runs: dict[int, CellRun] = field(default_factory=dict)
    stopped: str = ""
    in_tester: dict[int, CellRun] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)


def run_pass(
    conductor: Conductor,
    steps: Sequence[Step],
    *,
    owned: Mapping[str, Collection[str]] | None,
    refused: Mapping[str, str],
    on_run: OnRun,
    is_recording: bool = False,
) -> Passed:
    """Run the steps and return what was found; what the learner's code does ends in a reason, never in an error.

    Parameters
    ----------
    owned
        With a tester: the names that belong to the learner once an answer cell ran, by its ``grade_id``. None runs
        the tests in the learner's process.
    refused
        Answer cells that are not run, by ``grade_id``, and why.

    Raises
    ------
    Unavailable
        ``grading_failed``: the grading itself failed.
    """
    passed = Passed()
    try:
        for step in steps:
            _run_step(conductor, step, passed, owned, refused)
            if step.is_wanted:
                on_run(step, passed.runs)
        if is_recording:
            passed.said = conductor.tell_tester({"op": "end"})
    except CellStopped as stopped:
        passed.runs[stopped.run.index] = stopped.run
        passed.stopped = stopped.reason
    except Stopped as stopped:
        passed.stopped = stopped.reason
    return passed


def _run_step(
    conductor: Conductor,
    step: Step,
    passed: Passed,
    owned: Mapping[str, Collection[str]] | None,
    refused: Mapping[str, str],
) -> None:
    runs = passed.runs
    if step.kind is Kind.ANSWER and step.grade_id in refused:
        runs[step.index] = _refusal(step, refused[step.grade_id])
    elif step.kind is not Kind.TEST or owned is None:
        runs[step.index] = conductor.run_in_learner(step.index, step.source)
    else:
        runs[step.index] = conductor.run_in_tester(step.index, step.source, kind="test", grade_id=step.grade_id)
    if owned is None:
        return
    if step.kind is Kind.SHARED:
        passed.in_tester[step.index] = conductor.run_in_tester(
            step.index, step.source, kind="shared", grade_id=step.grade_id
        )
    elif step.kind is Kind.ANSWER:
        conductor.tell_tester(
            {"op": "answered", "grade_id": step.grade_id, "names": sorted(owned.get(step.grade_id, ()))}
        )


def _refusal(step: Step, why: str) -> CellRun:
    error = {"output_type": "error", "ename": "ImportError", "evalue": why, "traceback": [f"ImportError: {why}"]}
    return CellRun(step.index, "refused", failed=True, outputs=[error])
