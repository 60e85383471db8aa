"""How far a long command is, and when it will be done: a line on standard error that is written over."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TextIO

SECONDS_BETWEEN = 0.2
FIRST_GUESS_AFTER = 3  # items; before that, the time left is anybody's guess


def is_progress_shown(args: argparse.Namespace) -> bool:
    """Whether a command with ``--progress`` shows it: asked for, or where somebody may watch."""
    return bool(args.progress) or sys.stderr.isatty()


class Progress:
    """Shows progress on a terminal; on anything else a line a report, for a log.

    Parameters
    ----------
    what
        The items counted, in the plural.
    """

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self._what = what
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._started = time.monotonic()
        self._shown_at = float("-inf")
        self._is_open = False

    def __call__(self, done: int, total: int) -> None:
        """Show how many items are done."""
        now = time.monotonic()
        if done == 0:
            self._started = now
        pause = SECONDS_BETWEEN if self._is_terminal else 10 * SECONDS_BETWEEN
        if done < total and now - self._shown_at < pause:
            return
        self._shown_at = now
        line = describe(done, total, now - self._started, what=self._what)
        self._stream.write(f"\r\x1b[K{line}" if self._is_terminal else f"{line}\n")
        self._stream.flush()
        self._is_open = self._is_terminal

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._is_open:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._is_open = False
            self._shown_at = float("-inf")


def describe(done: int, total: int, seconds: float, *, what: str) -> str:
    """Return a line on progress.

    >>> describe(30, 300, 10.0, what="submissions")
    '30 of 300 submissions, 3.0 a second, about 1 min 30 s left'
    >>> describe(0, 300, 0.1, what="submissions")
    '0 of 300 submissions'
    """
    line = f"{done} of {total} {what}"
    if done < FIRST_GUESS_AFTER or seconds <= 0:
        return line
    line += f", {done / seconds:.1f} a second"
    return line if done == total else f"{line}, about {_duration(seconds / done * (total - done))} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{rest} s" if not hours else ""]
    return " ".join(filter(None, parts))
