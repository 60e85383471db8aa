"""Honest work keeps its points, in every tier, and apart from the learner's process."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.notebooks import answer

from adversarial.case import Case, of_each, read_cases, scores
from adversarial.lessons import DOUBLE, FULL
from trailbook.adapters.sandbox import SandboxGrader
from trailbook.domain.results import GradingResult, Mode


@pytest.mark.parametrize("case", of_each(read_cases("honest.yaml", earned=FULL)))
def test_honest_work_has_all_points(result: GradingResult, case: Case) -> None:
    assert {test.grade_id: test.message for test in result.tests if test.message} == {}
    assert (scores(result), result.reason) == (case.earned, "")
    assert {test.mode for test in result.tests} == {Mode.SEPARATE}


@pytest.mark.case("an unfinished answer to another exercise after the one that counts")
def test_a_broken_cell_after_the_answer_costs_nothing(grader: SandboxGrader) -> None:
    lesson = DOUBLE.to_grade()
    later = {**answer("later", "1 / 1"), "id": "later"}
    source, released = ({**each, "cells": [*each["cells"], later]} for each in (lesson.source, lesson.released))

    sent = {"answer": DOUBLE.right, "later": "this is (no Python"}
    result = grader.grade(replace(lesson, source=source, released=released), sent)

    assert scores(result) == FULL
