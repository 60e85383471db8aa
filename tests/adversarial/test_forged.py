"""Forged scores: nobody has points for what the answer does not do."""

from __future__ import annotations

import pytest

from adversarial.case import Case, of_each, read_cases, scores, secrets_in, told
from adversarial.lessons import DOUBLE, NOTHING
from trailbook.adapters.sandbox import SandboxGrader

FILES = ("forged-values.yaml", "forged-process.yaml", "forged-frames.yaml")
FORGERIES = [case for name in FILES for case in read_cases(name)]

pytestmark = pytest.mark.usefixtures("unharmed")


@pytest.mark.parametrize("case", of_each(FORGERIES))
def test_a_forgery_has_the_points_it_earned(grader: SandboxGrader, case: Case) -> None:
    result = grader.grade(case.lesson.to_grade(case.limits), {"answer": case.answer})

    assert scores(result) == case.earned
    assert result.reason in case.reasons
    assert secrets_in(told(result)) == []


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
