"""Grades a lesson by running it in a box with its real kernel; the verdict is made out here, from the outputs.

The seam for tamper-proof grading: whatever replaces this class runs learner code and tests apart, and keeps `grade`.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from trailbook.adapters.sandbox.box import Stopped
from trailbook.adapters.sandbox.bubblewrap import working_bwrap
from trailbook.adapters.sandbox.spares import Spares
from trailbook.domain.course import GradingLimits, InProcess
from trailbook.domain.notebook import grade_cells, source_of
from trailbook.domain.rebuild import rebuild
from trailbook.domain.results import GradingResult, Verdict
from trailbook.domain.runs import CellRun
from trailbook.domain.verdicts import judge
from trailbook.services.ports import LessonToGrade, Notebook, OnTest, Recording

PYTHON_KERNELS = ("", "python", "python3")


class SandboxGrader:
    """Grades in bubblewrap; see `trailbook.services.ports.Grader`. Safe to use from several threads.

    Parameters
    ----------
    insecure
        Run learner code without a sandbox. Only for a try-out.
    spares
        Boxes kept started, so that a grading need not wait for a kernel; each takes some 100 MB.
    """

    def __init__(self, *, insecure: bool = False, spares: int = 1) -> None:
        self._insecure = insecure
        self._spares = Spares(insecure=insecure, count=spares)

    def warm_up(self, limits: GradingLimits) -> None:
        """Start a spare box now, so that the first grading is as fast as the others.

        Raises
        ------
        Unavailable
            ``no_sandbox``: no box can be started here.
        """
        if not self._insecure:
            working_bwrap()
        self._spares.fill(limits, kernel="python3")

    def grade(
        self,
        lesson: LessonToGrade,
        answers: Mapping[str, str],
        *,
        only: Sequence[str] = (),
        seed: str = "",
        on_test: OnTest | None = None,
    ) -> GradingResult:
        """Return the result of running the lesson with these answers in it; see the port."""
        started = time.monotonic()
        all_answers = {**_starters(lesson.released), **answers}
        notebook = rebuild(lesson.source, all_answers)
        limits = lesson.limits
        job = _job(notebook, lesson.files, limits, stop_after=_last_wanted(notebook, only))
        runs, stopped = self._run(job, limits, kernel=_kernel_of(notebook))
        judged = judge(notebook, lesson.released, runs, stopped=stopped, limits=limits, answers=all_answers, only=only)
        if on_test is not None:
            for test in judged.tests:
                on_test(test)
        return GradingResult(
            Verdict.GRADED,
            judged.tests,
            autograded=_as_text(_with_outputs(notebook, runs)),
            reason=judged.reason,
            seconds=round(time.monotonic() - started, 3),
        )

    def record(self, lesson: LessonToGrade, *, declared: Sequence[str], rule: InProcess) -> Recording:
        """Run the reference solution and the blank start in the notebook's kernel."""
        solution = {cell.grade_id: cell.source for cell in grade_cells(lesson.source) if cell.solution}
        tests = tuple(cell.grade_id for cell in grade_cells(lesson.source) if cell.is_test)
        return Recording({}, self.grade(lesson, solution), self.grade(lesson, {}), (), tests)

    def close(self) -> None:
        """End every box that waits, and wait until all that was used is gone; gradings that run go on."""
        self._spares.close()

    def _run(self, job: Mapping[str, Any], limits: GradingLimits, *, kernel: str) -> tuple[dict[int, CellRun], str]:
        """Return how the cells ran, and the reason code when something stopped them."""
        runs: dict[int, CellRun] = {}
        box = self._spares.take(limits, kernel=kernel)
        try:
            for frame in box.run(job):
                run = _read_run(frame, cells=len(job["cells"]), before=max(runs, default=-1))
                runs[run.index] = run
        except Stopped as stopped:
            return runs, stopped.reason
        finally:
            self._spares.give_back(box)
            self._spares.fill(limits, kernel=kernel)
        return runs, ""


def _starters(released: Notebook) -> dict[str, str]:
    return {cell.grade_id: "" if cell.task else cell.source for cell in grade_cells(released) if cell.is_answer}


def _last_wanted(notebook: Notebook, only: Sequence[str]) -> int:
    wanted = [cell.index for cell in grade_cells(notebook) if cell.grade_id in only]
    return max(wanted) if wanted else len(notebook["cells"]) - 1


def _job(notebook: Notebook, files: Mapping[str, bytes], limits: GradingLimits, *, stop_after: int) -> dict[str, Any]:
    """Return what the runner needs to know, and no more: no points, no names of tests."""
    cells = [
        {
            "cell_type": cell["cell_type"],
            "source": source_of(cell) if cell["cell_type"] == "code" else "",
            "metadata": {"tags": cell.get("metadata", {}).get("tags", [])},
        }
        for cell in notebook["cells"]
    ]
    return {
        "cells": cells,
        "stop_after": stop_after,
        "files": {path: base64.b64encode(content).decode() for path, content in files.items()},
        "cell_timeout_seconds": limits.cell_timeout_seconds,
        "max_output_bytes": limits.max_output_bytes,
    }


def _kernel_of(notebook: Notebook) -> str:
    kernelspec = notebook.get("metadata", {}).get("kernelspec", {})
    name = str(kernelspec.get("name", ""))
    return "python3" if name in PYTHON_KERNELS else name


def _read_run(frame: Mapping[str, Any], *, cells: int, before: int) -> CellRun:
    """Return the run a frame tells of; raises `Stopped` when it is not what a runner sends."""
    match frame:
        case {
            "index": int(index),
            "status": "ok" | "timeout" | "not_run" as status,
            "failed": bool(failed),
            "outputs": list(outputs),
            "execution_count": int() | None as count,
        } if before < index < cells and all(map(_is_output, outputs)):
            return CellRun(index, status, failed, outputs, count)
    raise Stopped("protocol")


def _is_output(output: object) -> bool:
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr", "text": str()}:
            return True
        case {"output_type": "error", "ename": str(), "evalue": str(), "traceback": list(lines)}:
            return all(isinstance(line, str) for line in lines)
        case {"output_type": "execute_result" | "display_data", "data": dict(), "metadata": dict()}:
            return True
    return False


def _as_text(notebook: Notebook) -> str:
    """Return a notebook's JSON; halves of characters, which a program can print, are no text and become ``?``."""
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode("utf-8", errors="replace").decode("utf-8")


def _with_outputs(notebook: Notebook, runs: Mapping[int, CellRun]) -> Notebook:
    """Return the executed notebook, as nbgrader keeps it in ``autograded/``."""
    cells = [
        {**cell, "outputs": list(runs[index].outputs), "execution_count": runs[index].execution_count}
        if index in runs
        else cell
        for index, cell in enumerate(notebook["cells"])
    ]
    return {**notebook, "cells": cells}
