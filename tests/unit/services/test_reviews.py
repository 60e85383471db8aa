"""Reviews: what is due, and what to do about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.contexts import World, learner
from support.courses import MODULE, NOW, TRAP
from support.doing import grade, submit

from trailbook.adapters.fsrs import FsrsForgetting
from trailbook.domain.errors import Invalid, NotAllowed, NotFound
from trailbook.domain.people import Identity
from trailbook.services.review_views import DueView, ReviewExerciseView, ReviewsView, ReviewView
from trailbook.services.reviews import NOTHING_DUE, start_review, view_reviews

A, B = f"{MODULE}/one#a", f"{MODULE}/one#b"
DAY = 86_400
LESSON = "/a%40b/user/te%3Cs%27%26%22%3Et%20%C3%BC/trailbook/lessons/course/%C3%9Cbung%201/one"


@pytest.fixture
def world(world: World) -> World:
    """The course with a learner who forgets."""
    world.storage.learner_models.forgetting = FsrsForgetting()
    return world


def solve(world: World, exercise: str, *, key: str, score: float = 4.0, text: str = "= 1") -> None:
    """Answer an exercise of lesson one and have it graded."""
    answers = {exercise: f"{exercise} {text}"}
    attempt = submit(world, exercise=exercise, answers=answers, idempotency_key=key)
    grade(world, attempt.id, **{f"{exercise}_test": score})


def master(world: World) -> None:
    """Solve what tests grade in lesson one, which is enough of it."""
    solve(world, "a", key="1")
    solve(world, "b", key="2")


def test_nothing_is_due_right_after_mastering(world: World) -> None:
    assert view_reviews(world.context, learner(), "course") == ReviewsView("course", [], NOTHING_DUE)
    master(world)
    assert view_reviews(world.context, learner(), "course") == ReviewsView("course", [], NOTHING_DUE)


def test_mastered_skills_are_due_after_days(world: World) -> None:
    master(world)
    world.wait(30 * DAY)
    because = (
        "You last practised One 30 days ago. As with everybody some of it fades: about 7 in 10 is still there, and a "
        "few minutes bring the rest back."
    )
    view = view_reviews(world.context, learner(), "course")
    recall = view.due[0].recall
    assert 0.6 < recall < 0.7
    assert view == ReviewsView(
        "course",
        [DueView(skill, "One", recall, because, NOW, NOW + timedelta(days=2)) for skill in (A, B)],
        "A few minutes now save you from learning it again later.",
    )


def test_lesson_that_is_not_mastered_is_not_reviewed(world: World) -> None:
    solve(world, "a", key="1")
    world.wait(30 * DAY)
    assert view_reviews(world.context, learner(), "course").due == []


def test_review_is_a_list_of_exercises_within_the_minutes(world: World) -> None:
    master(world)
    world.wait(30 * DAY)
    review = start_review(world.context, learner(), "course", minutes=9)
    (exercise,) = review.exercises
    assert review == ReviewView("course", 5.0, "These refresh One.", [exercise])
    letter = exercise.exercise
    assert exercise == ReviewExerciseView(
        f"{MODULE}/one", "One", letter, exercise.title, 5.0, ["One"], f"{LESSON}#exercise-{letter}"
    )


def test_review_is_the_same_until_something_is_answered(world: World) -> None:
    master(world)
    world.wait(30 * DAY)
    first = start_review(world.context, learner(), "course", minutes=9)
    assert start_review(world.context, learner(), "course", minutes=9) == first
    solve(world, first.exercises[0].exercise, key="3")
    (other,) = start_review(world.context, learner(), "course", minutes=9).exercises
    assert {first.exercises[0].exercise, other.exercise} == {"a", "b"}


def test_answered_review_is_due_again_much_later(world: World) -> None:
    master(world)
    world.wait(30 * DAY)
    solve(world, "a", key="3")
    solve(world, "b", key="4")
    assert view_reviews(world.context, learner(), "course").due == []
    world.wait(10 * DAY)
    assert view_reviews(world.context, learner(), "course").due == []
    world.wait(60 * DAY)
    assert len(view_reviews(world.context, learner(), "course").due) == 2


def test_start_is_an_event_and_nothing_else_changes(world: World) -> None:
    master(world)
    world.wait(30 * DAY)
    before = world.log()
    review = start_review(world.context, learner(), "course", minutes=9)
    (event,) = world.log()[len(before) :]
    assert (event.kind, event.learner, event.at, event.trusted) == ("review_started", TRAP, world.now, True)
    assert event.data["items"] == [f"{MODULE}/one#{review.exercises[0].exercise}"]
    assert event.data["seed"] == f"course/{TRAP}/2/review"
    assert set(event.data["skills"]) == {A, B}
    assert [each.kind for each in world.published[-1:]] == ["review_started"]


def test_review_without_anything_due_is_empty_and_leaves_no_event(world: World) -> None:
    before = world.log()
    assert start_review(world.context, learner(), "course", minutes=9) == ReviewView(
        "course", 0.0, "Nothing is due. Enjoy what you know.", []
    )
    assert world.log() == before


@pytest.mark.parametrize("minutes", [0.5, 121, float("nan")])
def test_minutes_that_make_no_sense_are_refused(world: World, minutes: float) -> None:
    with pytest.raises(Invalid, match="Choose between") as refused:
        start_review(world.context, learner(), "course", minutes=minutes)
    assert refused.value.code == "bad_minutes"


def test_only_members_of_the_course_have_reviews(world: World) -> None:
    with pytest.raises(NotAllowed, match="not in the course"):
        view_reviews(world.context, Identity("eve", {}), "course")
    with pytest.raises(NotFound, match="no course"):
        start_review(world.context, learner(), "other", minutes=9)
