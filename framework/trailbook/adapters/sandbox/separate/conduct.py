"""Conducts one pass: says which cell runs where and when, watches the clock, and believes the learner nothing.

The verdict comes from the tester alone. What the learner's process says of a cell is how it looked, for staff to see.
"""

from __future__ import annotations

import contextlib
import json
import logging
import select
import time
from collections.abc import Mapping
from typing import Any

from trailbook.adapters.sandbox.isolation import Child, Pair
from trailbook.adapters.sandbox.outputs import is_output
from trailbook.adapters.sandbox.separate.frames import BrokenFrame, Control, TooMuch
from trailbook.adapters.sandbox.stopped import Stopped, failed
from trailbook.domain.course import GradingLimits
from trailbook.domain.runs import CellRun

log = logging.getLogger(__name__)

START_SECONDS = 20.0  # for both programs to say they are ready; a forked one needs milliseconds
LEARNER_STOPS_SECONDS = 0.25  # after an interrupt, before it is killed
TESTER_STOPS_SECONDS = 0.15  # after the learner was interrupted, before the tester is
LEARNER_ENDS_SECONDS = 1.0  # from the tester's notice that it is gone
LAST_WORD_SECONDS = 2.0  # for the tester to end its cell once the learner's process is gone
FRAME_OVERHEAD = 1_000_000  # bytes of frames beside the outputs they carry
SCALE = 4  # JSON in JSON can be this much longer than the text in it


class Conductor:
    """One pass over a pair of processes: `start`, then `run_in_learner` and `run_in_tester` cell by cell.

    Parameters
    ----------
    deadline
        When the whole grading must have ended (monotonic seconds).
    """

    def __init__(self, pair: Pair, limits: GradingLimits, *, deadline: float) -> None:
        most = limits.max_output_bytes * SCALE + FRAME_OVERHEAD
        self._pair = pair
        self._limits = limits
        self._deadline = deadline
        self._learner = Control(pair.learner.control, most_bytes=most)
        self._tester = Control(pair.tester.control, most_bytes=2 * most) if pair.tester is not None else None

    def start(self, learner: Mapping[str, Any], tester: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> None:
        """Start both programs with what they need to know.

        Raises
        ------
        Unavailable
            ``grading_failed``: one did not start. No learner code has run yet.
        """
        deadline = time.monotonic() + START_SECONDS
        places = {path: number for number, path in enumerate(files)}
        begun = [(self._learner, learner)]
        if self._tester is not None and tester is not None:
            begun.append((self._tester, tester))
        for control, message in begun:
            if not control.send({"op": "start", "files": places, **message}, list(files.values()), deadline=deadline):
                raise failed("a process did not start")
        for control, _ in begun:
            frame = self._await(control, deadline)
            if frame != {"op": "ready"}:
                log.warning("a process said at its start: %.300s", frame)
                raise failed("a process did not start")

    def run_in_learner(self, index: int, source: str) -> CellRun:
        """Run one cell in the learner's process and return how it looked.

        Raises
        ------
        CellStopped
            Nothing more can run.
        """
        now = time.monotonic()
        cell_ends = min(now + self._limits.cell_timeout_seconds, self._deadline)
        frame = None
        if self._learner.send({"op": "run", "index": index, "source": source, "silent": False}, deadline=cell_ends):
            frame = self._await(self._learner, cell_ends)
        if frame is None and not self._learner.is_closed:
            if cell_ends >= self._deadline:
                raise Stopped("timeout")
            self._pair.learner.interrupt()
            frame = self._await(self._learner, time.monotonic() + LEARNER_STOPS_SECONDS)
            if frame is None and not self._learner.is_closed:
                raise CellStopped("timeout", CellRun(index, "timeout", failed=True, outputs=()))
            return self._read_run(frame, index, status="timeout")
        return self._read_run(frame, index, status="ok")

    def run_in_tester(self, index: int, source: str, *, kind: str, grade_id: str) -> CellRun:
        """Run one cell in the tester and return its verdict; the learner's process answers what the cell asks.

        Raises
        ------
        CellStopped
            Nothing more can run.
        Unavailable
            ``grading_failed``: the tester failed, which says nothing about the answers.
        """
        tester, child = self._need_tester()
        cell_ends = min(time.monotonic() + self._limits.cell_timeout_seconds, self._deadline)
        message = {"op": "run", "index": index, "source": source, "kind": kind, "grade_id": grade_id or None}
        if not tester.send(message, deadline=cell_ends):
            raise self._fault(child)
        frame = self._await(tester, cell_ends, beside=self._learner)
        if frame is None and self._learner.is_closed:  # in the middle of the test: let the tester notice
            frame = self._await(tester, time.monotonic() + LAST_WORD_SECONDS)
            if frame is None:
                raise CellStopped(self._why_ended(), CellRun(index, "not_run", failed=True, outputs=()))
            run = self._read_verdict(frame, index)
            if run.failed:
                raise CellStopped(self._why_ended(), CellRun(index, "not_run", failed=True, outputs=run.outputs))
            return run
        if frame is None:
            return self._stop_test(index, is_last=cell_ends >= self._deadline)
        run = self._read_verdict(frame, index)
        if run.failed and _is_learner_gone(frame):  # the tester noticed it first
            last_word = self._await(self._learner, time.monotonic() + LEARNER_ENDS_SECONDS)
            if last_word is not None or self._learner.is_closed:
                reason = "output" if last_word == {"op": "overflow"} else self._why_ended()
                raise CellStopped(reason, CellRun(index, "not_run", failed=True, outputs=run.outputs))
        return run

    def tell_tester(self, message: Mapping[str, Any], *, seconds: float = 10.0) -> dict[str, Any]:
        """Send the tester something and return its answer; raises `Unavailable` when there is none."""
        tester, child = self._need_tester()
        deadline = time.monotonic() + seconds
        frame = self._await(tester, deadline) if tester.send(message, deadline=deadline) else None
        if frame is None or frame.get("op") == "fault":
            log.warning("the tester said: %.300s", frame)
            raise self._fault(child)
        return frame

    def _stop_test(self, index: int, *, is_last: bool) -> CellRun:
        """Stop a test whose time is over: mostly it is the learner's code that does not come back."""
        tester, _ = self._need_tester()
        run = CellRun(index, "timeout", failed=True, outputs=(), apart=True)
        if is_last:
            raise Stopped("timeout")
        self._pair.learner.interrupt()
        if self._await(tester, time.monotonic() + TESTER_STOPS_SECONDS) is not None:
            return run
        # The test's own code loops. Interrupted anywhere, the tester may be out of step, so nothing runs after it.
        raise CellStopped("timeout", run)

    def _read_run(self, frame: Mapping[str, Any] | None, index: int, *, status: str) -> CellRun:
        match frame:
            case None:
                reason = self._why_ended()
                raise CellStopped(reason, CellRun(index, "not_run", failed=True, outputs=()))
            case {
                "op": "ran",
                "index": seen,
                "status": "ok" | "error" as said,
                "outputs": list(outputs),
                "execution_count": int() | None as count,
            } if seen == index and all(map(is_output, outputs)):
                return CellRun(index, status, said == "error" or status != "ok", outputs, count)
            case {"op": "overflow"}:
                raise CellStopped("output", CellRun(index, "not_run", failed=True, outputs=()))
        raise CellStopped("protocol", CellRun(index, "not_run", failed=True, outputs=()))

    def _read_verdict(self, frame: Mapping[str, Any], index: int) -> CellRun:
        match frame:
            case {"op": "overflow"}:  # it prints what the learner's code printed, too
                raise CellStopped("output", CellRun(index, "not_run", failed=True, outputs=()))
            case {"op": "ran", "index": seen, "status": "ok", "outputs": list(outputs), "error": None} if (
                seen == index and all(map(is_output, outputs))
            ):
                value = frame.get("value")
                return CellRun(
                    index,
                    "ok",
                    failed=False,
                    outputs=outputs,
                    execution_count=_count_of(frame),
                    apart=True,
                    value=float(value) if isinstance(value, int | float) else None,
                )
            case {"op": "ran", "index": seen, "status": "error", "outputs": list(outputs), "error": dict(error)} if (
                seen == index and all(map(is_output, outputs))
            ):
                return CellRun(
                    index,
                    "ok",
                    failed=True,
                    outputs=[*(each for each in outputs if each.get("output_type") != "error"), _as_output(error)],
                    execution_count=_count_of(frame),
                    apart=True,
                    line=_line(error.get("line")),
                    answer_line=_line(error.get("answer_line")),
                    from_learner=error.get("from_learner") is True,
                )
        log.warning("the tester said: %.300s", json.dumps(frame))
        raise self._fault(self._need_tester()[1])

    def _await(self, control: Control, deadline: float, *, beside: Control | None = None) -> dict[str, Any] | None:
        """Return the next frame of one end; None at the deadline, or when that end, or the one beside it, is gone.

        Raises
        ------
        Stopped
            The learner's end sent what it may not.
        """
        watched = [each for each in (control, beside) if each is not None and not each.is_closed]
        try:
            while True:
                frame = control.take()
                if frame is not None:
                    return frame
                if control.is_closed or (beside is not None and beside.is_closed):
                    return None
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                poll = select.poll()
                for each in watched:
                    poll.register(each.fileno(), select.POLLIN)
                ready = {fd for fd, _ in poll.poll(left * 1000)}
                for each in watched:
                    if each.fileno() in ready:
                        each.read()
        except BrokenFrame:
            raise (Stopped("protocol") if control is self._learner else failed("the tester is out of step")) from None
        except TooMuch:
            raise Stopped("output") from None

    def _need_tester(self) -> tuple[Control, Child]:
        """Return the tester's end and its process."""
        if self._tester is None or self._pair.tester is None:
            raise ValueError("this pass has no tester")
        return self._tester, self._pair.tester

    def _why_ended(self) -> str:
        """Return the reason code for a learner's process that is gone.

        Raises
        ------
        Unavailable
            ``grading_failed``: it did not end by itself.
        """
        with contextlib.suppress(BrokenFrame):
            if self._learner.take() == {"op": "overflow"}:  # its last word
                return "output"
        why = self._pair.learner.why_ended()
        if why == "killed":  # from outside, as the system does that runs out of memory: the answer may be right
            raise failed("the learner's process was killed")
        tester = self._pair.tester
        if why == "exit" and tester is not None and tester.why_ended() == "killed":  # who is left alone ends too
            raise failed("the tester was killed")
        return why if why in ("memory", "timeout", "exit", "processes", "output") else "exit"

    def _fault(self, tester: Child) -> Exception:
        """Return what to raise for a tester that is gone or out of step: seldom the learner's doing, never points."""
        if tester.why_ended() == "memory":
            return Stopped("memory")
        return failed("the tester ended before its tests did")


class CellStopped(Stopped):
    """Nothing runs after this cell; ``run`` is what is known of it."""

    def __init__(self, reason: str, run: CellRun) -> None:
        super().__init__(reason)
        self.run = run


def _is_learner_gone(frame: Mapping[str, Any]) -> bool:
    """Whether a test failed because the learner's process ended while it was asked something."""
    error = frame.get("error")
    return isinstance(error, dict) and error.get("reason") == "exit"


def _as_output(error: Mapping[str, Any]) -> dict[str, Any]:
    lines = error.get("traceback")
    return {
        "output_type": "error",
        "ename": str(error.get("ename", "")),
        "evalue": str(error.get("evalue", "")),
        "traceback": [str(line) for line in lines] if isinstance(lines, list) else [],
    }


def _count_of(frame: Mapping[str, Any]) -> int | None:
    count = frame.get("execution_count")
    return count if isinstance(count, int) else None


def _line(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
