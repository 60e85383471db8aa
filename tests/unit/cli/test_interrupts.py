"""Ctrl-C while something must not be cut in two."""

from __future__ import annotations

import signal

import pytest

from trailbook.cli.interrupts import interrupts_held


def tell(done: list[str]) -> None:
    """Be interrupted in the middle of something."""
    with interrupts_held():
        signal.raise_signal(signal.SIGINT)
        done.append("told")


def test_ctrl_c_takes_effect_at_the_end_of_the_block() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        tell(done)

    assert done == ["told"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
