"""Leaks: a learner never gets a line, a value or a message of a hidden test."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from adversarial.case import Case, all_printed, of_each, read_cases, scores, secrets_in, told
from adversarial.lessons import FULL, LESSONS, LIMITS
from trailbook.adapters.sandbox import SandboxGrader
from trailbook.domain.results import GradingResult, TestResult


@pytest.mark.parametrize("case", of_each(read_cases("leaks-said.yaml")))
def test_nothing_hidden_is_said(result: GradingResult, case: Case) -> None:
    assert scores(result) == case.earned
    assert result.reason in case.reasons
    assert secrets_in(told(result)) == []


@pytest.mark.parametrize("case", of_each(read_cases("leaks-searched.yaml", earned=FULL)))
def test_the_learners_process_does_not_hold_the_tests(grader: SandboxGrader, case: Case) -> None:
    limits = replace(LIMITS, cell_timeout_seconds=30, total_timeout_seconds=90)

    result = grader.grade(case.lesson.to_grade(limits), {"answer": case.answer})

    assert scores(result) == case.earned
    assert set(all_printed(result).splitlines()) <= {"[]"}


@pytest.mark.case("the messages of an honest learner whose answer is wrong")
@pytest.mark.parametrize("lesson", ["function", "hidden_first", "speaking", "reading", "unittest"])
@pytest.mark.parametrize("does", ["return 4", "return n / 0", "return (n", ""])
def test_an_honest_learner_reads_nothing_hidden(grader: SandboxGrader, lesson: str, does: str) -> None:
    answers = {"answer": f"def double(n):\n    {does}"} if does else {}

    result = grader.grade(LESSONS[lesson].to_grade(), answers)

    assert secrets_in(told(result)) == []
    assert all(test.message for test in result.tests if not test.passed)


@pytest.mark.case("what is told of each test while the others still run")
def test_nothing_hidden_is_said_while_tests_run(grader: SandboxGrader) -> None:
    seen: list[TestResult] = []
    answer = "seen = []\ndef double(n):\n    seen.append(n)\n    raise ValueError(seen)"

    result = grader.grade(LESSONS["speaking"].to_grade(), {"answer": answer}, on_test=seen.append)

    assert {test.grade_id for test in seen} == {"visible", "hidden"}
    assert secrets_in(str([asdict(test) for test in [*seen, *result.tests]])) == []
