"""Answers received while the power is cut: the short form of `make bench-durability`."""

from __future__ import annotations

import pytest
from durability.block_disk import why_no_disk
from durability.power import cut_power

CUTS, ANSWERS = 3, 300


@pytest.fixture(scope="module", autouse=True)
def _disk() -> None:
    """Skip where no disk of our own can be had."""
    reason = why_no_disk()
    if reason:
        pytest.skip(f"the power cannot be cut here: {reason}")


def test_power_cut_loses_nothing_that_was_acknowledged() -> None:
    cuts = cut_power(images=CUTS, at_least=ANSWERS)
    assert (cuts.images, cuts.lost) == (CUTS, 0)
    assert cuts.acknowledged >= ANSWERS


def test_power_cut_loses_answers_where_sqlite_does_not_wait_for_the_disk() -> None:
    assert cut_power(images=CUTS, at_least=ANSWERS, synchronous="NORMAL").lost > 0
