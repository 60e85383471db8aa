"""Two models on the same answers."""

from __future__ import annotations

import pytest

from trailbook.domain.evaluation.paired import Gain, Paired, nats
from trailbook.services.evaluate_model import draws


def paired(*answers: tuple[str, float, float, float]) -> Paired:
    """Return what both models predicted: learner, one's, the other's, the share."""
    found = Paired()
    for learner, running, rival, share in answers:
        found.add(learner, running, rival, share)
    return found


def test_a_rival_that_says_the_same_gains_nothing() -> None:
    found = paired(("ann", 0.7, 0.7, 1.0), ("bob", 0.2, 0.2, 0.0))
    assert found.gain(draws(2)) == Gain(0.0, 0.0, 0.0)
    assert not Gain(0.0, 0.0, 0.0).is_sure


def test_a_better_rival_gains_for_every_choice_of_learners() -> None:
    found = paired(*((f"l{n}", 0.5, 0.6 + n / 100, 1.0) for n in range(10)))
    gain = found.gain(draws(10))
    assert gain is not None
    assert 0 < gain.low < gain.mean < gain.high
    assert gain.is_sure
    assert gain.mean == pytest.approx(sum(nats(0.5, 1.0) - nats(0.6 + n / 100, 1.0) for n in range(10)) / 10)


def test_a_rival_better_for_one_learner_alone_is_not_sure() -> None:
    found = paired(("ann", 0.1, 0.9, 1.0), *((f"l{n}", 0.6, 0.5, 1.0) for n in range(9)))
    gain = found.gain(draws(10))
    assert gain is not None
    assert gain.mean > 0
    assert not gain.is_sure


def test_learners_with_more_answers_weigh_more() -> None:
    found = paired(*[("ann", 0.5, 0.8, 1.0)] * 9, ("bob", 0.8, 0.5, 1.0))
    gain = found.gain(draws(2))
    assert gain is not None
    assert gain.mean == pytest.approx(0.8 * (nats(0.5, 1.0) - nats(0.8, 1.0)))


def test_no_answers_say_nothing() -> None:
    assert paired().gain(draws(0)) is None


def test_shares_of_points_count_as_both() -> None:
    assert nats(0.5, 0.5) == pytest.approx(nats(0.5, 1.0))
    assert nats(0.0, 1.0) < 30
    assert nats(1.0, 0.0) < 30
    found = paired(("ann", 0.9, 0.5, 0.5), ("bob", 0.9, 0.5, 0.5))
    assert (found.running.answers, found.rival.calibration_error) == (2, 0.0)
