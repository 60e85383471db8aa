"""When a skill counts as held."""

from __future__ import annotations

import pytest

from trailbook.domain.mastery.gate import Gate
from trailbook.domain.mastery.protocol import SkillEvidence

GATE = Gate(share=0.7, answers=2)


def known(probability: float, right: float, wrong: float = 0.0, *, skill: str = "loops") -> SkillEvidence:
    return SkillEvidence(skill, probability, right, wrong, None)


@pytest.mark.parametrize(
    ("evidence", "held"),
    [
        (known(0.7, 2), True),
        (known(0.1 + 0.6, 0.5, 1.5), True),  # 0.7 less a rounding error
        (known(0.69, 9), False),
        (known(0.95, 1), False),
        (known(0.95, 0), False),
    ],
)
def test_a_skill_is_held_by_what_is_predicted_and_by_answers_on_it(evidence: SkillEvidence, held: bool) -> None:
    assert GATE.holds(evidence) is held


def test_a_gate_that_asks_for_no_answers_opens_by_prediction_alone() -> None:
    assert Gate(share=0.7, answers=0).holds(known(0.7, 0))


def test_what_is_missing_comes_in_the_order_given() -> None:
    loops, lists, sums = known(0.5, 3), known(0.9, 3, skill="lists"), known(0.9, 1, skill="sums")
    assert GATE.missing([loops, lists, sums]) == (loops, sums)
    assert GATE.missing([lists]) == ()
    assert GATE.missing([]) == ()
