"""How often noticing is right: cases, their ends, and what counts as early."""

from __future__ import annotations

from dataclasses import replace

from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.struggle import RULES
from trailbook.services.evaluate_struggle import MeasuredStruggle, evaluate_struggle

NOTHING = MeasuredStruggle(0, 0, 0, 0, None)


def answers(pattern: str, *, learner: str = "ann", skills: tuple[str, ...] = ("x",)) -> list[Answer]:
    """Return a learner's answers, ``1`` right and ``0`` wrong."""
    return [Answer(learner, f"i{n}", skills, None, float(right)) for n, right in enumerate(pattern)]


def test_who_never_gets_three_in_a_row_struggled_and_is_noticed_before_it_is_known() -> None:
    found = evaluate_struggle(answers("0100100110"))
    assert (found.cases, found.struggled, found.noticed, found.rightly) == (1, 1, 1, 1)
    assert found.median_answers is not None
    assert 3 <= found.median_answers <= 6
    assert (found.precision, found.recall, found.base_rate) == (1.0, 1.0, 1.0)


def test_three_in_a_row_end_a_case_well() -> None:
    assert evaluate_struggle(answers("0111" + "0" * 20)) == MeasuredStruggle(1, 0, 0, 0, None)


def test_who_is_noticed_and_gets_there_was_noticed_wrongly() -> None:
    found = evaluate_struggle(answers("00000111"))
    assert (found.cases, found.struggled, found.noticed, found.rightly) == (1, 0, 1, 0)
    assert (found.precision, found.recall, found.median_answers) == (0.0, None, None)


def test_a_case_whose_end_is_not_known_does_not_count() -> None:
    assert evaluate_struggle(answers("000000000")) == NOTHING
    assert evaluate_struggle([]) == NOTHING
    assert (NOTHING.precision, NOTHING.recall, NOTHING.base_rate) == (None, None, None)


def test_the_tenth_answer_is_too_late_to_notice() -> None:
    never = replace(RULES, failed=10, last=10, early_failed=10, early_last=10)
    found = evaluate_struggle(answers("0" * 12), rules=never)
    assert (found.struggled, found.noticed, found.recall) == (1, 0, 0.0)


def test_each_skill_and_each_learner_is_a_case() -> None:
    log = answers("1" * 3, skills=("x", "y")) + answers("0" * 10, learner="bob", skills=())
    assert evaluate_struggle(log).cases == 2  # bob's exercises are a skill each, and none is known
    same = [replace(answer, item="one") for answer in answers("0" * 10, learner="bob", skills=())]
    found = evaluate_struggle(answers("1" * 3, skills=("x", "y")) + same)
    assert (found.cases, found.struggled, found.rightly) == (3, 1, 1)
