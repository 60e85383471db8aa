"""How a grading ends before its time: stopped for what the learner's code did, or failed for reasons of its own."""

from __future__ import annotations

from trailbook.domain.errors import Unavailable


class Stopped(Exception):
    """The code was stopped from outside before it was done; ``reason`` is a reason code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def failed(why: str) -> Unavailable:
    """Return what to raise when the grading itself failed, which says nothing about the answers."""
    return Unavailable("grading_failed", f"The grading did not work: {why}. It will be tried again.")
