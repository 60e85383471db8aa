"""Tests of grading as the application runs it: off the caller's thread, into nbgrader's gradebook, at once."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from support.courses import TRAP
from support.small_course import HIDDEN, KEY, LEARNER, NAME, SOLUTION, running, submit, wait_for, write_settings

from trailbook.config import load_settings
from trailbook.domain.errors import Unavailable
from trailbook.domain.names import student_id_of
from trailbook.services.views import AttemptView, as_json
from trailbook.wiring import Application


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    """A running application with a released course."""
    folder = tmp_path / "a place"
    folder.mkdir()
    with running(load_settings(write_settings(folder), {})) as made:
        yield made


def result_of(application: Application, attempt: AttemptView) -> AttemptView:
    """Wait for an attempt's result to be stored and written to the gradebook, and return it."""

    def is_recorded() -> bool:
        with application.storage(read_only=True) as work:
            found = work.attempts.find(attempt.id)
        return found is not None and found.recorded_at is not None

    wait_for(is_recorded, what="the result")
    return application.find_attempt(LEARNER, attempt.id)


def hand_in(application: Application, *, key: str = "hand-in", **answers: str) -> AttemptView:
    """Hand the lesson in and return the graded submission."""
    application.open_lesson(LEARNER, NAME, KEY)
    return result_of(application, application.hand_in(LEARNER, NAME, KEY, version=1, answers=answers, key=key))


def gradebook_rows(application: Application) -> dict[str, tuple[float | None, bool]]:
    """Return automatic score and whether a person must look, by cell, as nbgrader sees them."""
    with Gradebook(f"sqlite:///{application.settings.courses[0] / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(KEY.module, student_id_of(TRAP))
        return {
            grade.name: (grade.auto_score, grade.needs_manual_grade)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def test_an_answer_is_graded_and_nbgrader_sees_it(application: Application) -> None:
    seen = result_of(application, submit(application, SOLUTION))

    assert (seen.status, seen.verdict, seen.score, seen.max_score, seen.message) == ("done", "graded", 2.0, 2.0, "")
    assert gradebook_rows(application) == {"half-test": (2.0, False), "why": (None, False)}


def test_a_wrong_answer_tells_nothing_hidden_to_its_learner(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    seen = result_of(application, submit(application, "def half(n):\n    return 1"))
    home = application.view_home(LEARNER)
    delivery = application.open_lesson(LEARNER, NAME, KEY)

    assert seen.score == 0.0
    assert "hidden test" in seen.tests[0].message
    shown = json.dumps([as_json(seen), as_json(home), as_json(delivery)], default=str)
    assert HIDDEN not in shown
    assert "half(90)" not in shown
    assert HIDDEN not in caplog.text


def test_a_lesson_handed_in_is_an_nbgrader_submission(application: Application) -> None:
    seen = hand_in(application, half=SOLUTION, why="Two halves make one.")

    assert (seen.status, seen.verdict, seen.score, seen.reason) == ("done", "needs_review", 2.0, "")
    assert gradebook_rows(application) == {"half-test": (2.0, False), "why": (None, True)}
    course = application.settings.courses[0]
    submitted = json.loads((course / "submitted" / student_id_of(TRAP) / f"{KEY}.ipynb").read_text())
    assert [cell["source"] for cell in submitted["cells"]][2:] == [
        SOLUTION,
        'assert half(2) == 1, "half of 2 is 1"',
        "Two halves make one.",
    ]
    autograded = (course / "autograded" / student_id_of(TRAP) / f"{KEY}.ipynb").read_text()
    assert HIDDEN in autograded  # for staff: what really ran


def test_after_the_hand_in_an_attempt_leaves_nbgrader_as_it_is(application: Application) -> None:
    hand_in(application, half="def half(n):\n    return 1", why="No idea.")
    before = gradebook_rows(application)

    seen = result_of(application, submit(application, SOLUTION, key="later"))

    assert seen.score == 2.0
    assert gradebook_rows(application) == before == {"half-test": (0.0, False), "why": (None, True)}

    hand_in(application, key="again", half=SOLUTION, why="Two halves make one.")
    assert gradebook_rows(application)["half-test"] == (2.0, False)


def test_code_that_loops_prints_and_exits_leaves_no_traceback(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    for number, code in enumerate(["exit()", "while True:\n    print('x' * 100_000)", "def half(n:"]):
        seen = result_of(application, submit(application, code, key=f"key {number}"))
        assert (seen.status, seen.score) == ("done", 0.0)
        assert seen.tests[0].message

    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]


def test_without_a_sandbox_it_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(wanted: object) -> None:
        raise Unavailable("no_sandbox", "There is no bubblewrap here. Install it: apt install bubblewrap.")

    monkeypatch.setattr("trailbook.adapters.sandbox.grader.choose_tier", refuse)
    settings = load_settings(write_settings(tmp_path), {})

    with pytest.raises(Unavailable) as refusal, running(settings):
        pass

    assert refusal.value.code == "no_sandbox"


def test_started_insecure_it_grades_without_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailbook.adapters.sandbox.bubblewrap.command", None)
    settings = load_settings(write_settings(tmp_path, insecure=True), {})

    with running(settings) as application:
        assert result_of(application, submit(application, SOLUTION)).score == 2.0
