"""When a skill counts as held."""

from __future__ import annotations

import pytest

from trailbook.domain.mastery.gate import Gate, typical
from trailbook.domain.mastery.models import MODELS, replay
from trailbook.domain.mastery.protocol import Answer, SkillEvidence

GATE = Gate(share=0.7, run=2)


def known(probability: float, run: int, *, skill: str = "loops") -> SkillEvidence:
    return SkillEvidence(skill, probability, 5.0, 1.0, None, run)


@pytest.mark.parametrize(
    ("evidence", "held"),
    [
        (known(0.7, 2), True),
        (known(0.1 + 0.2 + 0.4 - 1e-12, 2), True),  # 0.7 less a rounding error
        (known(0.69, 9), False),
        (known(0.95, 1), False),
        (known(0.95, 0), False),
    ],
)
def test_a_skill_is_held_by_what_is_predicted_and_by_the_last_answers(evidence: SkillEvidence, held: bool) -> None:
    assert GATE.holds(evidence) is held


def test_a_gate_that_asks_for_no_run_opens_by_prediction_alone() -> None:
    assert Gate(share=0.7, run=0).holds(known(0.7, 0))


def test_what_is_missing_comes_in_the_order_given() -> None:
    loops, lists, sums = known(0.5, 3), known(0.9, 3, skill="lists"), known(0.9, 1, skill="sums")
    assert GATE.missing([loops, lists, sums]) == (loops, sums)
    assert GATE.missing([lists]) == ()
    assert GATE.missing([]) == ()


def test_an_easy_exercise_says_less_of_a_typical_one() -> None:
    model = MODELS["counts"]()
    for number in range(30):
        replay(model, [Answer(f"other{number}", item, ("loops",), None, item == "easy") for item in ("easy", "hard")])
    replay(model, [Answer("ada", "easy", ("loops",), None, 1.0)] * 2)
    easy = typical(model, "ada", "loops", items=["easy"])
    both = typical(model, "ada", "loops", items=["easy", "hard"])
    hard = typical(model, "ada", "loops", items=["hard"])
    assert hard.probability < both.probability < easy.probability
    assert (GATE.holds(easy), GATE.holds(both)) == (True, False)


def test_a_skill_without_exercises_is_explained() -> None:
    model = MODELS["elo"]()
    assert typical(model, "ada", "loops", items=[]) == model.explain("ada", "loops")


@pytest.mark.parametrize("name", MODELS)
def test_every_model_counts_the_run_of_right_answers(name: str) -> None:
    model = MODELS[name]()
    runs = []
    for share in (1.0, 0.5, 1.0, 1.0):
        model.update(Answer("ada", "sum", ("loops",), None, share))
        runs.append(model.explain("ada", "loops").run)
    assert runs == [1, 0, 1, 2]
