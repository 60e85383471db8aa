"""The use cases on real adapters: release, learn, be graded in a sandbox, review, unlock; on both databases."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from support.contexts import learner
from support.courses import TRAP
from support.postgres import Cluster

from trailbook.config import Settings
from trailbook.domain.course import LessonKey
from trailbook.domain.names import student_id_of
from trailbook.domain.path import Status
from trailbook.resources import resource
from trailbook.services.ports import Event
from trailbook.wiring import Application, build

COURSE = "first-course"
FIRST = LessonKey("monday-report", "01-one-line")
LAST = LessonKey("monday-report", "04-answer-dana")
ANN = learner(TRAP, of=COURSE)

RIGHT = {
    "tidy": "def tidy(text):\n    return text.strip().lower()",
    "to-number": (
        "def to_number(text):\n"
        "    value = text.strip().replace('€', '').replace(' ', '').replace('.', '').replace(',', '.')\n"
        "    return float(value)"
    ),
}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with the first course, in a folder with a space in its name."""
    folder = Path(shutil.copytree(resource("course_templates") / COURSE, tmp_path / "my course"))
    url = ""
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("postgres")
        url = cluster.database()
    return Settings(state_folder=tmp_path / "the state", database_url=url, courses=(folder,), workers=1)


@contextmanager
def running(settings: Settings) -> Iterator[Application]:
    application = build(settings)
    try:
        application.start()
        yield application
    finally:
        application.stop()


def wait_for(application: Application, kind: str, act: Callable[[], object]) -> Event:
    """Do something, and return the first event of this kind that the learner's listeners hear."""
    heard: list[Event] = []
    told = threading.Event()

    def listen(event: Event) -> None:
        if event.kind == kind:
            heard.append(event)
            told.set()

    unsubscribe = application.live.subscribe(ANN.name, listen)
    act()
    assert told.wait(60), f"nobody heard of {kind}"
    unsubscribe()
    return heard[0]


def released(settings: Settings) -> None:
    application = build(settings)
    application.release(COURSE, None, by="ida")
    application.stop()


def test_answers_sent_before_a_stop_are_graded_after_the_next_start(settings: Settings) -> None:
    released(settings)
    before = build(settings)  # never started: as if it stopped before grading
    exercises = before.open_lesson(ANN, COURSE, FIRST).exercises
    sent = before.submit_answer(ANN, COURSE, FIRST, exercise="tidy", version=1, answers=RIGHT, key="a")
    before.stop()
    application = build(settings)
    try:
        wait_for(application, "attempt_graded", application.start)
        graded = application.find_attempt(ANN, sent.id)
    finally:
        application.stop()
    assert [each.id for each in exercises] == ["tidy", "to-number"]
    assert (graded.status, graded.verdict, graded.score, graded.max_score) == ("done", "graded", 2.0, 2.0)


def test_right_answers_unlock_the_next_lesson_and_reach_the_gradebook(settings: Settings) -> None:
    released(settings)
    with running(settings) as application:
        delivery = application.open_lesson(ANN, COURSE, FIRST)
        assert delivery.next is not None
        assert delivery.next.status == Status.LOCKED

        def send(exercise: str) -> None:
            application.submit_answer(ANN, COURSE, FIRST, exercise=exercise, version=1, answers=RIGHT, key=exercise)

        wait_for(application, "attempt_graded", lambda: send("tidy"))
        unlocked = wait_for(application, "lesson_unlocked", lambda: send("to-number"))
        assert unlocked.data == {"because": "Open because you reached 100 % in One clean line."}
        after = application.open_lesson(ANN, COURSE, FIRST)
        assert after.next is not None
        assert after.next.status == Status.OPEN
    with Gradebook(f"sqlite:///{settings.courses[0] / 'gradebook.db'}") as gradebook:
        row = gradebook.find_submission_notebook(FIRST.name, FIRST.module, student_id_of(TRAP))
        assert (row.score, row.max_score) == (6.0, 6.0)


def test_release_of_another_process_is_heard(settings: Settings) -> None:
    with running(settings) as application:
        event = wait_for(application, "lesson_released", lambda: released(settings))
        assert (event.lesson, event.data) == (FIRST, {"version": 1})


def test_grader_enters_points_and_the_learner_has_them(settings: Settings) -> None:
    released(settings)
    with running(settings) as application:
        staff = learner("gus", of=COURSE)
        with application.storage() as work:  # the lesson is the last of the course: open it without the way there
            work.progress.mark_started(ANN.name, COURSE, LAST)
        assert application.open_lesson(ANN, COURSE, LAST).lesson.status == Status.IN_PROGRESS
        answers = {"reply": "Dear Dana, the North leads."}
        wait_for(
            application,
            "submission_graded",
            lambda: application.hand_in(ANN, COURSE, LAST, version=1, answers=answers, key="h"),
        )
        application.recover_jobs()  # the gradebook hears of it after the learner: make sure it has
        application.record_manual_grades(COURSE)
        with Gradebook(f"sqlite:///{settings.courses[0] / 'gradebook.db'}") as gradebook:
            row = gradebook.find_submission_notebook(LAST.name, LAST.module, student_id_of(TRAP))
            assert row.needs_manual_grade
            grade = gradebook.find_grade("reply", LAST.name, LAST.module, student_id_of(TRAP))
            grade.manual_score, grade.needs_manual_grade = 3.0, False
            comment = gradebook.find_comment("reply", LAST.name, LAST.module, student_id_of(TRAP))
            comment.manual_comment = "Clear and short."
            gradebook.db.commit()
        wait_for(application, "manual_grade", lambda: application.record_manual_grades(COURSE))
        reply = application.open_lesson(ANN, COURSE, LAST).exercises[-1]
        assert (reply.state, reply.score, reply.comment) == ("graded", 3.0, "Clear and short.")
        assert application.view_home(staff).courses[0].score == 0.0
