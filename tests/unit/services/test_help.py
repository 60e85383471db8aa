"""Help is offered to who struggles, says "too hard" or asks; it is in the log, and locks nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.contexts import World, grader, learner
from support.courses import NOW, TRAP, course, key, lesson, version
from support.doing import submit
from support.grading import GradingWorld, graded
from support.notebooks import answer, check, code, markdown, notebook

from trailbook.domain.course import ExerciseRules, MasteryRules
from trailbook.domain.errors import Invalid, LessonLocked, NotAllowed, NotFound
from trailbook.domain.sittings import Purpose
from trailbook.services.help import FINE, SAID, ask_person, list_questions, say_too_hard, view_help
from trailbook.services.help_views import HelpView, OfferView, QuestionView
from trailbook.services.ports import Event
from trailbook.services.run_job import run_job
from trailbook.services.take_on import take_on

FIRST = notebook(markdown("# One"), answer("a"), check("a-test", points=4), answer("b"), check("b-test", points=4))
SECOND = notebook(code("print('like this')"), answer("a"), check("a-test", points=4))
TOUGH = "This one is tough: 4 of the last 4 tries did not pass yet."
URL = "/a%40b/user/te%3Cs%27%26%22%3Et%20%C3%BC/trailbook/lessons/course/%C3%9Cbung%201/{}"
PERSON = OfferView(
    "person",
    "Ask a person: your question goes to the people who teach this course.",
    str(key("one")),
    None,
    URL.format("one"),
)


@pytest.fixture
def grading() -> GradingWorld:
    """Two lessons, the second on the first; every answer fails."""
    grading = GradingWorld([graded(("a-test", 0.0), of=4.0)])
    one = replace(lesson("one"), teaches=("loops",), exercises={"b": ExerciseRules(variant_of="a")})
    two = replace(lesson("two", requires=["one"]), teaches=("sums",))
    with grading.storage() as work:
        work.courses.put(replace(course(one, two), mastery=MasteryRules()))
        work.versions.add(version("one", FIRST))
        work.versions.add(version("two", SECOND))
    return grading


def fail(grading: GradingWorld, times: int, *, name: str = "one", first: int = 0) -> None:
    """Send so many wrong answers, each another one."""
    for number in range(first, first + times):
        grading.world.wait(120)
        text = {"a": f"a = {number} + " + " + ".join(str(each * number) for each in range(20))}
        sent = submit(grading.world, name=name, answers=text, idempotency_key=f"{name}-{number}")
        run_job(grading.context, sent.id)


def noticed(world: World) -> list[Event]:
    return [event for event in world.log() if event.kind == "struggle_noticed"]


def look(world: World, name: str = "one", exercise: str | None = "a") -> HelpView:
    return view_help(world.context, learner(), "course", key(name), exercise=exercise)


def test_struggle_is_noticed_once_and_told(grading: GradingWorld) -> None:
    fail(grading, 2)
    assert noticed(grading.world) == []
    assert not look(grading.world).struggles
    fail(grading, 4, first=2)
    (event,) = noticed(grading.world)
    assert (event.learner, event.lesson, event.exercise, event.data["signs"]) == (TRAP, key("one"), "a", ["failing"])
    assert event in [replace(each, id=0) for each in grading.world.published]
    found = look(grading.world)
    assert (found.struggles, found.signs) == (True, ["failing"])


def test_struggle_ends_with_a_right_answer_and_can_begin_again(grading: GradingWorld) -> None:
    fail(grading, 4)
    grading.grader.outcomes = [graded(("a-test", 4.0), of=4.0)]
    grading.grader.asked.clear()
    fail(grading, 1, first=4)
    assert not look(grading.world).struggles
    grading.grader.outcomes = [graded(("a-test", 0.0), of=4.0)]
    fail(grading, 4, first=5)
    assert len(noticed(grading.world)) == 2


def test_same_answer_again_and_again_is_noticed(grading: GradingWorld) -> None:
    for number in range(3):
        sent = submit(grading.world, idempotency_key=f"same-{number}")
        run_job(grading.context, sent.id)
    assert look(grading.world).signs == ["repeating"]


def test_practice_is_no_struggle(grading: GradingWorld) -> None:
    take_on(grading.world.context, learner(), "course", Purpose.PRACTICE, key("two"))
    fail(grading, 6, name="two")
    assert noticed(grading.world) == []
    assert not look(grading.world, "two").struggles


def test_help_offers_a_variant_first_and_a_person_last(grading: GradingWorld) -> None:
    fail(grading, 4)
    offers = look(grading.world).offers
    assert offers == [
        OfferView(
            "easier",
            "Try One first: the same in an easier form.",
            str(key("one")),
            "b",
            URL.format("one") + "#exercise-b",
        ),
        PERSON,
    ]


def test_too_hard_is_noted_and_led_back_to_what_it_builds_on(grading: GradingWorld) -> None:
    fail(grading, 1)
    take_on(grading.world.context, learner(), "course", Purpose.PRACTICE, key("two"))
    said = say_too_hard(grading.world.context, learner(), "course", key("two"), exercise=None)
    assert said.because == SAID
    assert [(offer.way, offer.lesson) for offer in said.offers] == [
        ("example", str(key("two"))),
        ("repair", str(key("one"))),
        ("person", str(key("two"))),
    ]
    assert said.offers[1].because == "This builds on loops. A look back at One may be the quickest way."
    event = grading.world.log()[-1]
    assert (event.kind, event.lesson, event.data) == (
        "too_hard", key("two"), {"offers": ["example", "repair", "person"]},
    )  # fmt: skip


def test_help_before_anything_is_calm(grading: GradingWorld) -> None:
    assert look(grading.world, exercise=None) == HelpView(False, [], FINE, [PERSON])


def test_question_goes_to_staff_and_if_shared_to_peers(grading: GradingWorld) -> None:
    world = grading.world
    for asking, question, is_shared in (("mo", " Why? ", True), ("lu", "Mine alone", False)):
        where = {"exercise": "a", "question": question, "is_shared": is_shared}
        ask_person(world.context, learner(asking), "course", key("one"), **where)
    assert list_questions(world.context, grader(), "course") == [
        QuestionView(2, "lu", str(key("one")), "a", "Mine alone", False, NOW),
        QuestionView(1, "mo", str(key("one")), "a", "Why?", True, NOW),
    ]
    peers = [offer.because for offer in look(world).offers if offer.way == "peer"]
    assert peers == ["Somebody else asked here: “Why?”"]
    assert "peer" not in [offer.way for offer in look(world, exercise="b").offers]
    with pytest.raises(NotAllowed):
        list_questions(world.context, learner(), "course")


@pytest.mark.parametrize("question", ["", "  \n", "x" * 1_001])
def test_question_that_is_none_is_refused(grading: GradingWorld, question: str) -> None:
    where = {"exercise": None, "question": question, "is_shared": False}
    with pytest.raises(Invalid) as refusal:
        ask_person(grading.world.context, learner(), "course", key("one"), **where)
    assert refusal.value.code == "bad_question"
    assert grading.world.log() == []


def test_help_in_a_locked_lesson_or_for_no_exercise_is_refused(grading: GradingWorld) -> None:
    with pytest.raises(LessonLocked):
        look(grading.world, "two")
    with pytest.raises(NotFound) as refusal:
        look(grading.world, exercise="none")
    assert refusal.value.code == "unknown_exercise"


def test_model_lets_it_be_noticed_a_try_earlier(grading: GradingWorld) -> None:
    fail(grading, 3)
    assert [event.data["signs"] for event in noticed(grading.world)] == [["failing"]]


def test_course_without_a_model_notices_by_the_tries_alone(grading: GradingWorld) -> None:
    with grading.storage() as work:
        found = work.courses.find("course")
        assert found is not None
        work.courses.put(replace(found, mastery=None))
    fail(grading, 3)
    assert noticed(grading.world) == []
    fail(grading, 1, first=3)
    assert len(noticed(grading.world)) == 1


def test_practice_is_graded_and_nothing_follows_from_it(grading: GradingWorld) -> None:
    grading.grader.outcomes = [graded(("a-test", 4.0), of=4.0)]
    take_on(grading.world.context, learner(), "course", Purpose.PRACTICE, key("two"))
    sent = submit(grading.world, name="two", idempotency_key="practice")
    run_job(grading.context, sent.id)
    assert grading.attempt(sent.id).result is not None
    with grading.storage(read_only=True) as work:
        assert work.progress.of_learner(TRAP, "course").get(key("two")) is None
    assert grading.gradebook.results == []
    (told,) = [event for event in grading.world.log() if event.kind == "attempt_graded"]
    assert told.data["purpose"] == "practice"
