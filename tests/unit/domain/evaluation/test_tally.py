"""Figures of merit, against the definitions and against scikit-learn's."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from trailbook.domain.evaluation.interval import auc_interval
from trailbook.domain.evaluation.tally import Tally
from trailbook.services.evaluate_model import draws

pairs = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 1.0])), max_size=60)


def tally_of(rows: list[tuple[float, float]], learner: str = "ann") -> Tally:
    """Count predictions of one learner."""
    tally = Tally()
    for predicted, share in rows:
        tally.add(learner, predicted, share)
    return tally


@given(pairs)
def test_the_area_is_the_share_of_pairs_ranked_right(rows: list[tuple[float, float]]) -> None:
    steps = [(int(predicted * 65_536), share) for predicted, share in rows]
    right, wrong = [p for p, s in steps if s], [p for p, s in steps if not s]
    found = tally_of(rows).auc
    if not right or not wrong:
        assert found is None
        return
    won = sum(
        (min(a, 65_535) > min(b, 65_535)) + 0.5 * (min(a, 65_535) == min(b, 65_535)) for a in right for b in wrong
    )
    assert found == pytest.approx(won / (len(right) * len(wrong)))


def test_figures_are_scikit_learns() -> None:
    draw = Random(2)
    rows = [(p, float(draw.random() < p)) for p in (draw.random() for _ in range(3_000))]
    tally = tally_of(rows)
    shares, predicted = [share for _, share in rows], [p for p, _ in rows]
    assert tally.auc == pytest.approx(metrics.roc_auc_score(shares, predicted), abs=1e-4)
    assert tally.log_loss == pytest.approx(metrics.log_loss(shares, predicted), abs=1e-9)


def test_calibration_error_is_nought_when_predictions_come_true_and_large_when_not() -> None:
    assert tally_of([(0.25, 0.0)] * 3 + [(0.25, 1.0)]).calibration_error == pytest.approx(0.0)
    assert tally_of([(0.9, 0.0)] * 4).calibration_error == pytest.approx(0.9)


def test_part_of_the_points_is_part_right_and_part_wrong() -> None:
    assert tally_of([(0.9, 0.5), (0.1, 0.5)]).auc == pytest.approx(0.5)
    assert tally_of([(0.9, 0.8), (0.1, 0.2)]).auc == pytest.approx(0.8 * 0.8 + 0.5 * 2 * 0.8 * 0.2)


def test_nothing_counted_has_no_figures() -> None:
    empty = Tally()
    assert (empty.auc, empty.log_loss, empty.calibration_error, auc_interval(empty, [])) == (None, None, None, None)


def test_the_interval_holds_the_area_and_is_wider_for_fewer_learners() -> None:
    def interval(learners: int) -> tuple[float, float]:
        draw, tally = Random(3), Tally()
        for learner in range(learners):
            level = draw.uniform(-0.2, 0.2)
            for _ in range(40):
                p = draw.random()
                tally.add(f"l{learner}", p, float(draw.random() < min(max(p + level, 0), 1)))
        found = auc_interval(tally, draws(learners))
        assert found is not None
        assert tally.auc is not None
        assert found[0] < tally.auc < found[1]
        return found

    few, many = interval(6), interval(60)
    assert many[1] - many[0] < few[1] - few[0]


def test_the_same_seed_draws_the_same_interval() -> None:
    tally = Tally()
    draw = Random(5)
    for number in range(400):
        tally.add(f"l{number % 20}", draw.random(), float(draw.random() < 0.5))
    assert auc_interval(tally, draws(20, seed=1)) == auc_interval(tally, draws(20, seed=1))
    assert auc_interval(tally, draws(20, seed=1)) != auc_interval(tally, draws(20, seed=2))


def test_one_learner_has_no_interval() -> None:
    assert auc_interval(tally_of([(0.2, 0.0), (0.8, 1.0)]), draws(1)) is None
