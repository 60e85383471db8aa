"""What a learner reads at a test that did not give all its points; nothing hidden is ever in it.

Two sources of words. The *text the learner has* (visible lines of the test, the author's message in them) can always be
quoted. What the *run* says (the text of an exception) can be quoted only while no hidden test has run in the notebook:
afterwards a learner's code may know hidden values, and could put them there.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trailbook.domain.course import GradingLimits
from trailbook.domain.notebook import GradeCell, grade_cells
from trailbook.domain.runs import CellRun

MOST_CHARACTERS = 300
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
CELL_LINE = re.compile(r"Cell In\s*\[(\d+)\], line (\d+)")
SYNTAX_LINE = re.compile(r"\s*\([^()]*, line (\d+)\)$")
SYNTAX_ERRORS = ("SyntaxError", "IndentationError", "TabError")
KNOWN_ERRORS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)

BLANK = "This exercise has no answer yet."
UNFINISHED = "This is not finished: the code still raises NotImplementedError."
HIDDEN = "A hidden test did not pass. Think of other inputs your code may get, such as edge cases."
FAILED = "The test did not pass."
ENDED = "The code ended Python itself."
PARTLY = "Part of the points: the answer is not quite right yet."


@dataclass(frozen=True)
class Place:
    """A test cell without all its points: how it ran, and how the answer cells of its exercise ran."""

    cell: GradeCell
    run: CellRun | None
    answers: Sequence[CellRun]
    is_blank: bool


class Explainer:
    """Explains the failures of one run.

    Parameters
    ----------
    released
        What the learner sees of the notebook.
    cells
        The run notebook's code cells that nbgrader knows, in order.
    """

    def __init__(self, released: Mapping[str, Any], limits: GradingLimits, cells: Sequence[GradeCell]) -> None:
        self._limits = limits
        seen = {cell.grade_id: cell.source for cell in grade_cells(released)}
        self._visible = {
            cell.grade_id: visible_lines(cell.source, seen.get(cell.grade_id, "")) for cell in cells if cell.is_test
        }
        hiding = [cell.index for cell in cells if cell.is_test and self.hides(cell)]
        self._first_hidden = min(hiding, default=None)

    def message(self, place: Place, *, stopped: str = "") -> str:
        """Return the sentence for one test; ``stopped`` is the reason code when the run was stopped."""
        return self._message(place, stopped, anyway=False)

    def is_vague(self, place: Place) -> bool:
        """Whether more could be said of a test, had no hidden one run before it."""
        return self._message(place, "", anyway=False) != self._message(place, "", anyway=True)

    def _message(self, place: Place, stopped: str, *, anyway: bool) -> str:
        refused = next((run for run in place.answers if run.status == "refused"), None)
        if refused is not None:
            return str((refused.error or {}).get("evalue", ""))
        if place.is_blank:
            return BLANK
        own = [*place.answers, *([place.run] if place.run else [])]
        if any(run.status == "timeout" for run in own):
            return (
                f"Your code ran longer than {self._limits.cell_timeout_seconds:g} seconds and was stopped. "
                "Look for a loop that never ends."
            )
        if place.run is None or place.run.status == "not_run":
            return self._of_stop(stopped)
        broken = next((run for run in place.answers if run.failed or run.error is not None), None)
        if broken is not None:
            return self._of_answer(broken, anyway=anyway)
        return self._of_test(place.cell, place.run, anyway=anyway)

    def hides(self, cell: GradeCell) -> bool:
        """Whether the cell has lines the learner does not see."""
        lines = [line for line in cell.source.splitlines() if line.strip()]
        return len([number for number in self._visible[cell.grade_id] if number]) < len(lines)

    def _may_quote(self, run: CellRun) -> bool:
        return self._first_hidden is None or run.index < self._first_hidden

    def _of_stop(self, stopped: str) -> str:
        limits = self._limits
        return {
            "timeout": "The lesson's code was stopped before this test: it may run for "
            f"{limits.cell_timeout_seconds:g} seconds a cell and {limits.total_timeout_seconds:g} in all. "
            "Look for a loop that never ends.",
            "memory": f"The code used more than {limits.memory_mib} MiB of memory and was stopped.",
            "output": f"The code printed more than {limits.max_output_bytes:,} bytes and was stopped. "
            "Look for a print in a loop.",
            "exit": "The code ended Python itself before this test ran. Remove calls such as exit() or os._exit().",
            "processes": f"The code started more than {limits.processes} processes and was stopped.",
        }.get(stopped, "The test did not run: the code disturbed the grading.")

    def _of_answer(self, run: CellRun, *, anyway: bool) -> str:
        error = run.error or {}
        name, text = str(error.get("ename", "")), str(error.get("evalue", ""))
        quoting = anyway or self._may_quote(run)
        if name == "MemoryError":
            return f"The code needed more memory than it may use ({self._limits.memory_mib} MiB)."
        if name == "SystemExit":
            return f"{ENDED} Remove calls such as exit() or sys.exit()."
        if name in SYNTAX_ERRORS:
            where = SYNTAX_LINE.search(text)
            at = f", line {where[1]}" if where else ""
            said = f" ({_short(SYNTAX_LINE.sub('', text))})" if quoting else ""
            return f"Your answer cannot be read as Python{at}{said}."
        return _stopped_at(line_of(run), _name_error(name, text, quoting=quoting))

    def _of_test(self, cell: GradeCell, run: CellRun, *, anyway: bool) -> str:
        error = run.error
        hides = self.hides(cell)
        if error is None:
            return HIDDEN if hides else FAILED if run.failed else PARTLY
        name, text = str(error.get("ename", "")), str(error.get("evalue", ""))
        line = line_of(run)
        if hides and line not in self._visible[cell.grade_id]:
            return HIDDEN
        if name == "NotImplementedError":
            return UNFINISHED
        if name == "MemoryError":
            return f"The code needed more memory than it may use ({self._limits.memory_mib} MiB)."
        quoting = anyway or (self._may_quote(run) and not hides)
        statement = statement_at(cell.source, line, self._visible[cell.grade_id])
        if name == "AssertionError":
            if quoting and text.strip():
                return _short(text)
            return author_message(statement) or _failed_check(cell.source, statement)
        said = _name_error(name, text, quoting=quoting)
        if run.from_learner and quoting and run.answer_line is not None:
            return _stopped_at(run.answer_line, said)
        tried = f" in: {_quote(cell.source, statement)}" if statement is not None else ""
        return f"The test stopped with {said}{tried}"


def visible_lines(source: str, released: str) -> frozenset[int]:
    """Return the numbers, from 1, of the lines of a cell that its released form has too.

    The released form is the source with regions taken out, so its lines come in the same order.

    >>> sorted(visible_lines("a\\nb\\nc", "a\\nc"))
    [1, 3]
    """
    wanted = [line.strip() for line in released.splitlines() if line.strip()]
    found, position = set(), 0
    for number, line in enumerate(source.splitlines(), start=1):
        if position < len(wanted) and line.strip() == wanted[position]:
            found.add(number)
            position += 1
    return frozenset(found)


def line_of(run: CellRun) -> int | None:
    """Return the line of the cell in which its error arose, None when neither tester nor traceback say."""
    if run.apart:
        return run.line
    traceback = (run.error or {}).get("traceback")
    if not isinstance(traceback, list):
        return None
    for count, line in CELL_LINE.findall(ANSI.sub("", "\n".join(map(str, traceback)))):
        if run.execution_count is not None and int(count) == run.execution_count:
            return int(line)
    return None


def statement_at(source: str, line: int | None, visible: frozenset[int]) -> ast.stmt | None:
    """Return the innermost statement of a cell at a line, or None unless all of it is visible."""
    if line is None:
        return None
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError):
        return None  # magics, or a cell of another language
    spanning = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    if not spanning:
        return None
    innermost = max(spanning, key=lambda node: (node.lineno, -(node.end_lineno or node.lineno)))
    wanted = range(innermost.lineno, (innermost.end_lineno or innermost.lineno) + 1)
    blank = {number for number, text in enumerate(source.splitlines(), start=1) if not text.strip()}
    return innermost if all(number in visible or number in blank for number in wanted) else None


def author_message(statement: ast.stmt | None) -> str:
    """Return the message the author wrote into an assert or a raise as plain text, "" for none."""
    match statement:
        case ast.Assert(msg=ast.Constant(value=str(text))):
            return _short(text)
        case ast.Raise(exc=ast.Call(args=[ast.Constant(value=str(text))])):
            return _short(text)
    return ""


def _stopped_at(line: int | None, said: str) -> str:
    at = f" in line {line} of your answer" if line else ""
    return f"Your code stopped{at}: {said}"


def _name_error(name: str, text: str, *, quoting: bool) -> str:
    if quoting and name:
        return _short(f"{name}: {text}" if text.strip() else name)
    return name if name in KNOWN_ERRORS else "an error"


def _failed_check(source: str, statement: ast.stmt | None) -> str:
    return f"This check failed: {_quote(source, statement)}" if statement is not None else FAILED


def _quote(source: str, statement: ast.stmt | None) -> str:
    text = ast.get_source_segment(source, statement) if statement is not None else None
    return _short(" ".join((text or "").split()))


def _short(text: str) -> str:
    """Return the text without colours, cut at a length that fits beside an exercise."""
    clean = ANSI.sub("", text).strip()
    return clean if len(clean) <= MOST_CHARACTERS else clean[: MOST_CHARACTERS - 1] + "…"
