"""Home and the path, as each person sees them."""

from __future__ import annotations

import pytest
from support.contexts import World, grader, learner
from support.courses import MODULE, course, key, lesson
from support.doing import grade, submit

from trailbook.domain.errors import NotAllowed, NotFound
from trailbook.domain.people import Identity, Role
from trailbook.services.open_lesson import open_lesson
from trailbook.services.view_home import view_home
from trailbook.services.view_path import view_path
from trailbook.services.views import HomeView, LessonView, NextView, RequirementView, as_json

LESSONS = "/a%40b/user/te%3Cs%27%26%22%3Et%20%C3%BC/trailbook/lessons/course/%C3%9Cbung%201"


def lesson_one(**changes: object) -> LessonView:
    values = {
        "key": f"{MODULE}/one",
        "module": MODULE,
        "name": "one",
        "title": "One",
        "minutes": 10,
        "status": "open",
        "because": "Open from the start.",
        "requirements": [],
        "score": 0.0,
        "max_score": 10.0,
        "share": 0.0,
        "pass_": 0.8,
        "handed_in": False,
        "url": f"{LESSONS}/one",
        "version": 1,
    }
    return LessonView(**{**values, **changes})  # type: ignore[arg-type]  # checked by the comparison


def test_path_of_a_new_learner_is_whole(world: World) -> None:
    path = view_path(world.context, learner(), "course")
    assert (path.name, path.title, path.roles, path.staff_url) == ("course", "Course", ["learner"], None)
    assert (path.finished, path.score, path.max_score) == (False, 0.0, 11.0)
    assert path.next == NextView(f"{MODULE}/one", "One", 10, "Open from the start.", f"{LESSONS}/one")
    (module,) = path.modules
    assert module.lessons[0] == lesson_one()
    assert module.lessons[1] == lesson_one(
        key=f"{MODULE}/two",
        name="two",
        title="Two",
        status="locked",
        because="Opens when you reach 80 % in One (you have 0 %).",
        requirements=[RequirementView(f"{MODULE}/one", "One", 0.8, 0.0, met=False)],
        max_score=1.0,
        url=f"{LESSONS}/two",
        minutes_to_open=10,
    )
    unreleased = module.lessons[2]
    assert (unreleased.status, unreleased.because, unreleased.version) == (
        "locked",
        "This lesson is not released yet.",
        None,
    )


def test_path_follows_what_was_reached(world: World) -> None:
    open_lesson(world.context, learner(), "course", key("one"))
    grade(world, submit(world).id, a_test=4)
    grade(world, submit(world, exercise="b", answers={"b": ""}, idempotency_key="key-2").id, b_test=4)
    path = view_path(world.context, learner(), "course")
    one, two, _ = path.modules[0].lessons
    assert one == lesson_one(
        status="mastered", because="You reached 80 % of its points; 80 % are needed.", score=8.0, share=0.8
    )
    assert (two.status, two.because) == ("open", "Open because you reached 80 % in One.")
    assert path.next is not None
    assert (path.next.lesson, path.next.because) == (two.key, two.because)
    assert view_path(world.context, learner("other"), "course").score == 0.0


def test_home_has_the_courses_one_is_in_by_title(world: World) -> None:
    with world.storage() as work:
        for name in ("zebra", "ape", "hidden"):
            work.courses.put(course(lesson("one"), name=name))
    of = {name: frozenset({Role.LEARNER}) for name in ("zebra", "course", "ape", "unknown")}
    home = view_home(world.context, Identity("ann", of))
    assert (home.learner, home.insecure) == ("ann", False)
    assert [each.title for each in home.courses] == ["Ape", "Course", "Zebra"]
    assert view_home(world.context, Identity("bob")) == HomeView("bob", False, [])


def test_staff_find_their_server(world: World) -> None:
    path = view_path(world.context, grader(), "course")
    assert (path.roles, path.staff_url) == (["grader"], "/a%40b/services/staff-course/")


def test_path_is_refused_to_strangers_and_services(world: World) -> None:
    with pytest.raises(NotFound) as unknown:
        view_path(world.context, learner(of="nowhere"), "nowhere")
    assert unknown.value.code == "unknown_course"
    service = Identity("staff-course", {"course": frozenset({Role.INSTRUCTOR})}, is_service=True)
    for stranger in (learner(of="other"), service):
        with pytest.raises(NotAllowed) as refusal:
            view_path(world.context, stranger, "course")
        assert refusal.value.code == "not_in_course"


def test_views_are_plain_json(world: World) -> None:
    plain = as_json(view_path(world.context, learner(), "course"))
    one = plain["modules"][0]["lessons"][0]
    assert one["pass"] == 0.8
    assert "pass_" not in one
    assert plain["next"]["lesson"] == one["key"]
