"""A pace moves the zone, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbook.domain.preferences import LEAST_LIKELY, MOST_LIKELY, Pace, Preferences


@pytest.mark.parametrize(
    ("pace", "zone"), [(Pace.CALM, (0.67, 0.92)), (Pace.STEADY, (0.6, 0.85)), (Pace.BRISK, (0.5, 0.75))]
)
def test_pace_moves_the_zone(pace: Pace, zone: tuple[float, float]) -> None:
    assert Preferences(pace=pace).zone((0.6, 0.85)) == zone


@given(st.sampled_from(Pace), st.floats(0, 1), st.floats(0, 1))
def test_zone_stays_in_order_and_within_bounds(pace: Pace, one: float, other: float) -> None:
    low, high = Preferences(pace=pace).zone((min(one, other), max(one, other)))
    assert LEAST_LIKELY <= low <= high <= MOST_LIKELY
