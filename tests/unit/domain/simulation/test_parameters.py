"""Worlds made of a log."""

from __future__ import annotations

from random import Random

import pytest

from trailbook.domain.errors import Invalid
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.simulation.parameters import fitted


def log(easy: float, hard: float, *, learners: int = 20, answers: int = 30) -> list[Answer]:
    random = Random(1)
    return [
        Answer(f"learner{learner}", f"{skill}{place % 5}", (skill,), None, float(random.random() < share))
        for learner in range(learners)
        for skill, share in (("easy", easy), ("hard", hard))
        for place in range(answers)
    ]


def test_an_easier_skill_of_the_log_is_easier_in_the_worlds() -> None:
    slopes, messy = fitted(log(0.9, 0.4))
    assert slopes.easiness[0] > slopes.easiness[1] + 1
    easy, hard = messy.skills
    assert easy.initial * (1 - easy.slip) + easy.guess > hard.initial * (1 - hard.slip) + hard.guess


def test_what_a_log_cannot_tell_stays_as_stated() -> None:
    _, messy = fitted(log(0.9, 0.4))
    assert (messy.stuck, messy.days, messy.real) == (0.08, 60.0, 0.7)


@pytest.mark.parametrize(("learners", "answers"), [(9, 100), (20, 10), (1, 1)])
def test_a_log_that_is_too_small_is_refused_with_how_much_it_takes(learners: int, answers: int) -> None:
    with pytest.raises(Invalid, match="1,000 answers of 10 learners") as refused:
        fitted(log(0.9, 0.4, learners=learners, answers=answers))
    assert refused.value.code == "log_too_small"


def test_a_log_of_right_answers_alone_makes_worlds() -> None:
    slopes, messy = fitted(log(1.0, 1.0))
    assert len(slopes.easiness) == len(messy.skills) == 2
