"""The learner's zone: work that is neither too hard nor too easy, as far as anybody can know beforehand."""

from __future__ import annotations

STEP = 0.08  # expected shares closer than this are the same: a prediction of one lesson is no better
LOSS = 0.2  # of the fit, for each step outside the zone


def fit(expected: float | None, zone: tuple[float, float]) -> float:
    """Return how well an expected share fits the zone, in [0, 1]: 1 within it, less for each step outside.

    >>> fit(0.7, (0.6, 0.85)), fit(0.55, (0.6, 0.85)), fit(0.4, (0.6, 0.85)), fit(0.1, (0.6, 0.85))
    (1.0, 1.0, 0.6, 0.0)
    """
    if expected is None:
        return 1.0
    outside = max(zone[0] - expected, expected - zone[1], 0.0)
    return round(max(1.0 - LOSS * (outside // STEP), 0.0), 6)


def is_within(expected: float, zone: tuple[float, float]) -> bool:
    """Return whether nobody can tell that the share lies outside the zone."""
    return fit(expected, zone) == 1.0
