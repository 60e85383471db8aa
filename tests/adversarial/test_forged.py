"""Forged scores: nobody has points for what the answer does not do."""

from __future__ import annotations

import pytest

from adversarial.case import Case, of_each, scores, secrets_in, told
from adversarial.forged_frames import WIRE
from adversarial.forged_process import PROCESS
from adversarial.forged_values import VALUES
from adversarial.lessons import FUNCTION, NOTHING
from trailbook.adapters.sandbox import SandboxGrader

pytestmark = pytest.mark.usefixtures("unharmed")


@pytest.mark.parametrize("case", of_each([*VALUES, *PROCESS, *WIRE]))
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

    assert scores(grader.grade(FUNCTION.to_grade(), sent)) == NOTHING
