"""How soon the next answer may come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from support.courses import NOW

from trailbook.domain.course import GradingRules
from trailbook.domain.rate_limits import Tried, wait_for_cool_down, wait_for_rate

RULES = GradingRules(cool_down_after=2, cool_down_seconds=30)


def tried(*outcomes: tuple[float, bool]) -> Sequence[Tried]:
    return [Tried(NOW - timedelta(seconds=seconds), passed) for seconds, passed in outcomes]


@pytest.mark.parametrize(("age", "seconds"), [(None, None), (0.0, 60), (17.2, 43), (59.5, 1), (60.0, None)], ids=str)
def test_rate_is_that_of_the_last_minute(age: float | None, seconds: int | None) -> None:
    first = None if age is None else NOW - timedelta(seconds=age)
    wait = wait_for_rate(first, NOW)
    assert (wait.seconds if wait else None) == seconds
    if wait:
        assert f"in {seconds} s; Run and Check still work" in wait.message


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [
        (tried(), None),
        (tried((1, False)), None),
        (tried((1, False), (5, False)), 29),
        (tried((29.5, False), (31, False)), 1),
        (tried((30, False), (31, False)), None),
        (tried((1, True), (2, False), (3, False)), None),
        (tried((1, False), (2, True), (3, False)), None),
        (tried((1, False), (2, False), (3, False), (4, True)), 29),
    ],
)
def test_cool_down_counts_failures_since_the_last_pass(attempts: Sequence[Tried], seconds: int | None) -> None:
    wait = wait_for_cool_down(RULES, attempts, NOW)
    assert (wait.seconds if wait else None) == seconds
    if wait:
        assert "2 tries in a row" in wait.message


def test_no_cool_down_of_no_seconds() -> None:
    rules = GradingRules(cool_down_after=1, cool_down_seconds=0)
    assert wait_for_cool_down(rules, tried((0, False)), NOW) is None
