"""A case: what a learner sends, and what must be seen; read from the files in ``cases/``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from adversarial.lessons import HASTY, LESSONS, LIMITS, NOTHING, NUMBER, SECRET, Lesson, read_yaml
from trailbook.domain.course import GradingLimits
from trailbook.domain.results import GradingResult


@dataclass(frozen=True)
class Case:
    """One thing tried against one lesson.

    Attributes
    ----------
    tried
        What the table in the docs says is tried.
    reasons
        Reason codes of which the result has one; ``""`` where nothing needs to stop the run.
    earned
        Points by test.
    limits
        What the grading may use: less time where the case may well use all of it.
    """

    name: str
    tried: str
    answer: str
    lesson: Lesson
    reasons: tuple[str, ...] = ("",)
    earned: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    limits: GradingLimits = LIMITS


def read_cases(name: str, *, earned: Mapping[str, float] = NOTHING) -> list[Case]:
    """Return the cases of a file.

    In it, ``lesson`` names one of ``lessons.yaml`` (``function`` when it says nothing), ``after`` a snippet that stands
    before the answer, and a case without an answer has the lesson's own solution.
    """
    said = read_yaml(name)
    return [_case(each, said.get("snippets", {}), earned) for each in said["cases"]]


def _case(said: Mapping[str, Any], snippets: Mapping[str, str], earned: Mapping[str, float]) -> Case:
    lesson = LESSONS[said.get("lesson", "function")]
    reasons = tuple(said.get("reasons", [""]))
    return Case(
        said["name"],
        said["tried"],
        snippets.get(said.get("after", ""), "") + said.get("answer", lesson.right),
        lesson,
        reasons,
        said.get("earned", earned),
        HASTY if "timeout" in reasons else LIMITS,
    )


def of_each(cases: Iterable[Case]) -> list[ParameterSet]:
    """Return the cases as parameters of a test, each with its line in the table."""
    return [pytest.param(case, id=case.name, marks=pytest.mark.case(case.tried)) for case in cases]


def scores(result: GradingResult) -> dict[str, float]:
    """Return the points by test."""
    return {test.grade_id: test.score for test in result.tests}


def told(result: GradingResult) -> str:
    """Return every text of a result that a learner gets."""
    return "\n".join([result.reason, *result.repaired, *(test.message for test in result.tests)])


def secrets_in(text: str) -> list[str]:
    """Return what a text says of the hidden tests, however it writes numbers."""
    plain = text.replace(",", "").replace("_", "").replace(" ", "").lower()
    known = {SECRET, SECRET[::-1], SECRET.encode().hex(), str(NUMBER), f"{NUMBER:x}", f"{NUMBER:b}", str(2 * NUMBER)}
    return sorted(each for each in known if each in plain)


def printed(result: GradingResult, grade_id: str = "answer") -> str:
    """Return what a cell printed in the executed notebook, which only staff see."""
    for cell in json.loads(result.autograded)["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            return "".join(map(_text_of, cell["outputs"]))
    raise AssertionError(f"no cell {grade_id}")


def all_printed(result: GradingResult) -> str:
    """Return what all cells printed."""
    return "".join(_text_of(out) for cell in json.loads(result.autograded)["cells"] for out in cell.get("outputs", []))


def _text_of(output: Mapping[str, Any]) -> str:
    return "".join(output["text"]) if output["output_type"] == "stream" else ""
