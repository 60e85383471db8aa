"""Grades a lesson in a box with its real kernel; the verdict is made out here, from the outputs.

Tests and learner code share the kernel, so the learner's code can forge what the tests say. It is for languages that
have no tester apart, and results say so (`Mode.KERNEL`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager

from trailbook.adapters.sandbox.kernel.spares import Spares
from trailbook.adapters.sandbox.outputs import is_output
from trailbook.adapters.sandbox.stopped import Stopped
from trailbook.domain.course import GradingLimits
from trailbook.domain.notebook import grade_cells, source_of
from trailbook.domain.runs import CellRun
from trailbook.services.ports import LessonToGrade, Notebook

PYTHON_NAMES = ("", "python", "python3")


class KernelRunner:
    """Runs notebooks in boxes of their own. Safe to use from several threads.

    Parameters
    ----------
    spares
        Boxes kept started once one was asked for; each takes some 100 MB.
    """

    def __init__(self, *, insecure: bool, spares: int) -> None:
        self._spares = Spares(insecure=insecure, count=spares)

    def run(self, notebook: Notebook, lesson: LessonToGrade, *, only: Sequence[str]) -> tuple[dict[int, CellRun], str]:
        """Return how the cells of a rebuilt notebook ran, and the reason code when something stopped them."""
        limits, kernel = lesson.limits, kernel_of(notebook)
        job = _job(notebook, lesson.files, limits, stop_after=_last_wanted(notebook, only))
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

    def close(self) -> None:
        """End every box that waits, and wait until all that was used is gone; those that run go on."""
        self._spares.close()


def kernel_of(notebook: Notebook) -> str:
    """Return the name of the kernel to run a notebook with.

    It is the one the notebook asks for. Where that is a Python under a name of the author's environment, which is not
    here, this environment's Python is as good.
    """
    name = str(notebook.get("metadata", {}).get("kernelspec", {}).get("name", ""))
    if name in PYTHON_NAMES or (is_python(notebook) and name not in KernelSpecManager().find_kernel_specs()):
        return "python3"
    return name


def is_python(notebook: Notebook) -> bool:
    """Whether a notebook says that it is in Python, or does not say what it is in."""
    metadata = notebook.get("metadata", {})
    kernelspec = metadata.get("kernelspec", {})
    language = kernelspec.get("language") or metadata.get("language_info", {}).get("name")
    return kernelspec.get("name", "") in PYTHON_NAMES or str(language).lower() in ("python", "ipython")


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


def _read_run(frame: Mapping[str, Any], *, cells: int, before: int) -> CellRun:
    """Return the run a frame tells of; raises `Stopped` when it is not what a runner sends."""
    match frame:
        case {
            "index": int(index),
            "status": "ok" | "timeout" | "not_run" as status,
            "failed": bool(failed),
            "outputs": list(outputs),
            "execution_count": int() | None as count,
        } if before < index < cells and all(map(is_output, outputs)):
            return CellRun(index, status, failed, outputs, count)
    raise Stopped("protocol")
