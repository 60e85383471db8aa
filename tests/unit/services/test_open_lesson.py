"""Lessons are delivered when they are open, and to nobody else."""

from __future__ import annotations

import base64

import pytest
from support.contexts import World, grader, learner
from support.courses import MODULE, NOW, TRAP, key, version
from support.doing import grade, submit
from support.notebooks import answer, check, notebook

from trailbook.domain.errors import LessonLocked, NotAllowed, NotFound
from trailbook.domain.path import Status
from trailbook.domain.scoring import REASONS
from trailbook.services.open_lesson import open_lesson
from trailbook.services.ports import Event
from trailbook.services.views import LatestView, TestView, VersionView, as_json


def test_open_lesson_is_delivered_whole(world: World) -> None:
    delivery = open_lesson(world.context, learner(), "course", key("one"))
    assert (delivery.course, delivery.course_title, delivery.home_url) == (
        "course",
        "Course",
        "/a%40b/services/trailbook/",
    )
    with world.storage(read_only=True) as work:
        released = work.versions.find_latest("course", key("one"))
    assert released is not None
    assert delivery.version == VersionView(1, released.sha256)
    assert delivery.notebook == released.released
    assert [(each.id, each.state, each.score, each.attempt) for each in delivery.exercises] == [
        ("a", "not_attempted", 0.0, None),
        ("b", "not_attempted", 0.0, None),
        ("w", "not_attempted", 0.0, None),
    ]
    assert (delivery.lesson.status, delivery.previous) == ("in_progress", None)
    assert delivery.next is not None
    assert delivery.next.status == "locked"
    assert as_json(delivery)["files"] == {"data.csv": base64.b64encode(b"\xff1").decode()}


def test_neighbours_are_the_released_lessons_around(world: World) -> None:
    delivery = open_lesson(world.context, grader(), "course", key("two"))
    assert delivery.previous is not None
    assert (delivery.previous.title, delivery.next) == ("One", None)


def test_source_with_solutions_is_never_in_a_delivery(world: World) -> None:
    hidden = version("one", notebook(answer("a", "SECRET"), check("a-test", "SECRET")), number=2)
    with world.storage() as work:
        work.versions.add(type(hidden)(**{**vars(hidden), "released": notebook(answer("a"), check("a-test"))}))
    assert "SECRET" not in str(as_json(open_lesson(world.context, learner(), "course", key("one"))))


def test_first_opening_is_noted_once(world: World) -> None:
    open_lesson(world.context, learner(), "course", key("one"))
    opened = Event("lesson_opened", NOW, "course", TRAP, key("one"))
    assert world.log() == [opened]
    open_lesson(world.context, learner(), "course", key("one"))
    assert world.log() == [opened]
    assert [event.kind for event in world.published] == ["lesson_opened"]


def test_opening_a_lesson_to_read_unlocks_the_next_one(world: World) -> None:
    with world.storage() as work:
        work.versions.add(version("one", notebook(), number=2))
        work.versions.add(version("three", notebook()))
    open_lesson(world.context, learner(), "course", key("three"))
    open_lesson(world.context, learner(), "course", key("one"))
    unlocked = [event for event in world.log() if event.kind == "lesson_unlocked"]
    assert unlocked == [
        Event("lesson_unlocked", NOW, "course", TRAP, key("two"), data={"because": "Open because you have read One."})
    ]


def test_locked_lesson_is_refused_with_what_opens_it(world: World) -> None:
    with pytest.raises(LessonLocked) as refusal:
        open_lesson(world.context, learner(), "course", key("two"))
    because = "Opens when you reach 80 % in One (you have 0 %)."
    assert refusal.value.message == because
    assert refusal.value.details == {
        "because": because,
        "course": "course",
        "lesson": f"{MODULE}/two",
        "title": "Two",
        "requirements": [{"lesson": f"{MODULE}/one", "title": "One", "needed": 0.8, "reached": 0.0, "met": False}],
    }
    assert world.log() == []


def test_staff_may_open_what_is_locked(world: World) -> None:
    assert open_lesson(world.context, grader(), "course", key("two")).lesson.title == "Two"


@pytest.mark.parametrize(
    ("course", "name", "code"),
    [("nowhere", "one", "unknown_course"), ("course", "nine", "unknown_lesson"), ("course", "three", "not_released")],
)
def test_what_is_not_there_says_so(world: World, course: str, name: str, code: str) -> None:
    for person in (learner(of=course), grader(of=course)):
        with pytest.raises(NotFound) as refusal:
            open_lesson(world.context, person, course, key(name))
        assert refusal.value.code == code


def test_learner_of_another_course_is_refused(world: World) -> None:
    with pytest.raises(NotAllowed) as refusal:
        open_lesson(world.context, learner(of="other"), "course", key("one"))
    assert refusal.value.code == "not_in_course"


def test_new_release_keeps_what_was_reached(world: World) -> None:
    first = submit(world)
    grade(world, first.id, a_test=4)
    again = notebook(answer("new"), check("new-test", points=6), answer("a"), check("a-test", points=4))
    with world.storage() as work:
        work.versions.add(version("one", again, number=2))
    delivery = open_lesson(world.context, learner(), "course", key("one"))
    assert delivery.version.number == 2
    assert [(each.id, each.state, each.score, each.attempt) for each in delivery.exercises] == [
        ("new", "not_attempted", 0.0, None),
        ("a", "graded", 4.0, first.id),
    ]
    assert (delivery.lesson.score, delivery.lesson.max_score) == (4.0, 10.0)


def test_started_lesson_opens_even_when_its_requirement_grew(world: World) -> None:
    for exercise in ("a", "b"):
        sent = submit(world, exercise=exercise, answers={exercise: ""}, idempotency_key=exercise)
        grade(world, sent.id, **{f"{exercise}_test": 4.0})
    assert open_lesson(world.context, learner(), "course", key("two")).lesson.status == Status.IN_PROGRESS
    harder = notebook(answer("c"), check("c-test", points=100))
    with world.storage() as work:
        work.versions.add(version("one", harder, number=2))
    assert open_lesson(world.context, learner(), "course", key("two")).lesson.status == Status.IN_PROGRESS


def test_exercise_is_being_graded_until_its_job_ends(world: World) -> None:
    sent = submit(world)
    states = [each.state for each in open_lesson(world.context, learner(), "course", key("one")).exercises]
    assert states == ["grading", "not_attempted", "not_attempted"]
    grade(world, sent.id, a_test=1)
    states = [each.state for each in open_lesson(world.context, learner(), "course", key("one")).exercises]
    assert states == ["graded", "not_attempted", "not_attempted"]


def test_latest_answer_is_shown_where_a_better_one_counts(world: World) -> None:
    best = submit(world)
    grade(world, best.id, a_test=4)
    worse = submit(world, idempotency_key="key-2")
    grade(world, worse.id, reason="timeout", a_test=1)
    view = open_lesson(world.context, learner(), "course", key("one")).exercises[0]
    line = TestView("a-test", passed=False, score=1.0, max_score=4.0, message="")
    assert (view.score, view.latest) == (4.0, LatestView(1.0, REASONS["timeout"], [line]))
    again = submit(world, idempotency_key="key-3")
    grade(world, again.id, a_test=4)
    assert open_lesson(world.context, learner(), "course", key("one")).exercises[0].latest is None
