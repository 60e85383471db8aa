"""Host: whatever an answer uses up, it ends, the grader lives, and the neighbour and the next job do not notice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.small_course import wait_for

from adversarial.case import Case, of_each, printed, read_cases, scores, secrets_in, told
from adversarial.lessons import DOUBLE, FULL, NOTHING
from adversarial.processes import adopt_orphans, living
from trailbook.adapters.sandbox import SandboxGrader

LIMITED = read_cases("host-limits.yaml")
FINE = read_cases("host-fine.yaml", earned=FULL)
BY_NAME = {case.name: case.answer for case in LIMITED}


@pytest.fixture(autouse=True)
def nothing_left(grader: SandboxGrader, unharmed: None) -> Iterator[None]:
    """Every process that came during the test goes, but for as many as the grader had waiting before."""
    adopt_orphans()
    grader.grade(DOUBLE.to_grade(), {})  # what starts once, starts now
    before = len(living())
    yield
    wait_for(lambda: len(living()) <= before, seconds=20, what="the end of every process")


@pytest.mark.parametrize("case", of_each(LIMITED))
def test_an_answer_that_takes_too_much_is_ended_and_says_why(grader: SandboxGrader, case: Case) -> None:
    result = grader.grade(case.lesson.to_grade(case.limits), {"answer": case.answer})

    assert scores(result) == case.earned
    assert result.reason in case.reasons
    assert all(test.message for test in result.tests)
    assert secrets_in(told(result)) == []
    assert len(result.autograded) < 2_000_000


@pytest.mark.parametrize("case", of_each(FINE))
def test_an_answer_that_takes_what_it_may_has_its_points(grader: SandboxGrader, case: Case) -> None:
    result = grader.grade(case.lesson.to_grade(case.limits), {"answer": case.answer})

    assert (scores(result), result.reason) == (case.earned, "")
    assert "raised" not in printed(result)


@pytest.mark.case("a fork bomb and a memory hog beside an honest answer that is graded at the same time")
@pytest.mark.parametrize("answer", [BY_NAME["fork-bomb"], BY_NAME["hog-children"]], ids=["bomb", "hog"])
def test_the_neighbour_has_all_points(grader: SandboxGrader, answer: str) -> None:
    done = threading.Event()

    def honest() -> list[dict[str, float]]:
        found = []
        while not done.is_set():
            found.append(scores(grader.grade(DOUBLE.to_grade(), {"answer": DOUBLE.right})))
        return found

    with ThreadPoolExecutor(1) as pool:
        neighbour = pool.submit(honest)
        hostile = grader.grade(DOUBLE.to_grade(), {"answer": answer})
        done.set()

    assert scores(hostile) == NOTHING
    assert [found for found in neighbour.result() if found != FULL] == []
