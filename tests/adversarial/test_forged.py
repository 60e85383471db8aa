"""Forged scores: nobody has points for what the answer does not do."""

from __future__ import annotations

import pytest

from adversarial.case import Case, of_each, read_cases, scores, secrets_in, told
from adversarial.lessons import DOUBLE, NOTHING
from trailbook.adapters.sandbox import SandboxGrader
from trailbook.domain.results import GradingResult, Mode

FILES = ("forged-values.yaml", "forged-process.yaml", "forged-frames.yaml")
FORGERIES = [case for name in FILES for case in read_cases(name)]


@pytest.mark.parametrize("case", of_each(FORGERIES))
def test_a_forgery_has_the_points_it_earned(result: GradingResult, case: Case) -> None:
    assert scores(result) == case.earned
    assert result.reason in case.reasons
    assert secrets_in(told(result)) == []
    assert {test.mode for test in result.tests} == {Mode.SEPARATE}


@pytest.mark.case("answers sent for test cells and for cells the lesson does not have")
def test_answers_for_test_cells_change_nothing(grader: SandboxGrader) -> None:
    sent = {
        "answer": "double = None",
        "visible": "pass",
        "hidden": "3",
        "before": "def double(n): return 2 * n",
        "x": "",
    }

    assert scores(grader.grade(DOUBLE.to_grade(), sent)) == NOTHING
