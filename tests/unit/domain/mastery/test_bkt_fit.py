"""Fitting Bayesian knowledge tracing: finds what made the data, and stays within bounds."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbook.domain.mastery.bkt import LEAST, MOST_GUESS, MOST_SLIP, Parameters
from trailbook.domain.mastery.bkt_fit import fit, fit_skill
from trailbook.domain.mastery.protocol import Answer


def made(truth: Parameters, *, learners: int, answers: int, seed: int = 1) -> list[list[int]]:
    """Return answers of learners who obey the model."""
    draw = Random(seed)
    runs = []
    for _ in range(learners):
        held, run = draw.random() < truth.initial, []
        for _ in range(answers):
            run.append(int(draw.random() < (1 - truth.slip if held else truth.guess)))
            held = held or draw.random() < truth.learn
        runs.append(run)
    return runs


def test_it_finds_the_parameters_that_made_the_answers() -> None:
    truth = Parameters(initial=0.5, learn=0.1, guess=0.3, slip=0.05)
    found = fit_skill(made(truth, learners=1_500, answers=12), Parameters())
    assert found.initial == pytest.approx(truth.initial, abs=0.08)
    assert found.learn == pytest.approx(truth.learn, abs=0.05)
    assert found.guess == pytest.approx(truth.guess, abs=0.05)
    assert found.slip == pytest.approx(truth.slip, abs=0.03)


@given(st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=12), min_size=1, max_size=12))
@settings(deadline=None)
def test_it_stays_within_its_bounds(runs: list[list[int]]) -> None:
    found = fit_skill(runs, Parameters())
    assert LEAST <= found.guess <= MOST_GUESS
    assert LEAST <= found.slip <= MOST_SLIP
    assert LEAST <= found.initial <= 1 - LEAST
    assert LEAST <= found.learn <= 1 - LEAST


def test_one_answer_moves_the_default_little() -> None:
    found = fit([Answer("ann", "one", ("filter",), None, 1.0)])["filter"]
    assert found.guess == pytest.approx(Parameters().guess, abs=0.1)
    assert found.slip == pytest.approx(Parameters().slip, abs=0.05)


def test_each_skill_has_parameters_of_its_own() -> None:
    log = [Answer(f"l{n}", "i", (skill,), None, share) for n in range(50) for skill, share in (("a", 1.0), ("b", 0.0))]
    found = fit(log)
    assert found["a"].right(found["a"].initial) > 0.8
    assert found["b"].right(found["b"].initial) < 0.2
