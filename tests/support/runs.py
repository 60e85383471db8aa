"""Runs of cells as a sandbox reports them."""

from __future__ import annotations

from typing import Any

from trailbook.domain.runs import CellRun

Output = dict[str, Any]


def ran(index: int, *outputs: Output) -> CellRun:
    """Return a cell that ran to its end; an error among its outputs makes it one that failed."""
    failed = any(output["output_type"] == "error" for output in outputs)
    return CellRun(index, "ok", failed, outputs, execution_count=index + 1)


def timed_out(index: int) -> CellRun:
    """Return a cell that was stopped."""
    return CellRun(index, "timeout", failed=True, outputs=(error("KeyboardInterrupt"),), execution_count=index + 1)


def died_in(index: int) -> CellRun:
    """Return the cell the notebook ended in."""
    return CellRun(index, "not_run", failed=True, outputs=())


def error(name: str, text: str = "", *, line: int | None = None, count: int | None = None) -> Output:
    """Return an error as IPython shows it, raised in a line of the cell with this execution count."""
    traceback = ["\x1b[31m-----\x1b[39m", f"\x1b[31m{name}\x1b[39m   Traceback (most recent call last)"]
    if line is not None:
        traceback.append(
            f"\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[{count}]\x1b[39m\x1b[32m, line {line}\x1b[39m\n"
        )
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [*traceback, f"{name}: {text}"]}


def returned(text: str) -> Output:
    """Return the value of a cell's last line."""
    return {"output_type": "execute_result", "data": {"text/plain": text}, "metadata": {}, "execution_count": 1}


def printed(text: str, name: str = "stdout") -> Output:
    """Return printed text."""
    return {"output_type": "stream", "name": name, "text": text}
