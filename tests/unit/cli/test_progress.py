"""Tests of the line that says how far a long command is."""

from __future__ import annotations

import io

import pytest

from trailbook.cli.progress import Progress, describe


class Terminal(io.StringIO):
    """A terminal in memory."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.mark.parametrize(
    ("done", "total", "seconds", "line"),
    [
        (0, 300, 5.0, "0 of 300 submissions"),
        (2, 300, 5.0, "2 of 300 submissions"),  # too few to tell the time left
        (30, 300, 10.0, "30 of 300 submissions, 3.0 a second, about 1 min 30 s left"),
        (3, 40_000, 3.0, "3 of 40000 submissions, 1.0 a second, about 11 h 6 min left"),
        (300, 300, 100.0, "300 of 300 submissions, 3.0 a second"),
    ],
)
def test_a_line_says_how_far_and_how_long(done: int, total: int, seconds: float, line: str) -> None:
    assert describe(done, total, seconds, what="submissions") == line


def test_a_log_has_whole_lines() -> None:
    log = io.StringIO()
    progress = Progress("submissions", log)

    progress(0, 2)
    progress(2, 2)
    progress.clear()

    first, last = log.getvalue().splitlines()
    assert first == "0 of 2 submissions"
    assert last.startswith("2 of 2 submissions")


def test_a_terminals_line_is_written_over_and_taken_away() -> None:
    terminal = Terminal()
    progress = Progress("submissions", terminal)

    progress(0, 2)
    progress(1, 2)  # too soon to be read
    progress.clear()
    progress.clear()

    assert terminal.getvalue() == "\r\x1b[K0 of 2 submissions\r\x1b[K"
