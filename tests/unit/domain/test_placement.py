"""Placement asks what tells most, stops early, and opens what the answers show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.courses import course, key, lesson

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.placement import LEAST_GAIN, MOST_QUESTIONS, Placement, Reply


def chain(length: int) -> Course:
    """Return a course in which each lesson requires the one before."""
    return course(*(lesson(str(each), requires=[str(each - 1)] if each else []) for each in range(length)))


def diamond() -> Course:
    """Return a course with two ways from its first lesson to its last, and a lesson beside them."""
    return course(
        lesson("last", requires=["left", "right"]),
        lesson("left", requires=["first"]),
        lesson("right", requires=["first"]),
        lesson("first"),
        lesson("beside"),
    )


def place(asked: Course, knows: int, *, seed: str = "ada") -> tuple[list[Reply], tuple[LessonKey, ...]]:
    """Return the questions and the result for somebody who knows the first lessons of a chain and never slips."""
    placement, replies = Placement(asked, {}, seed=seed), list[Reply]()
    askable = [each.key for each in asked.lessons()]
    while (asking := placement.next_question(replies, askable)) is not None:
        askable.remove(asking.lesson)
        replies.append(Reply(asking.lesson, float(int(asking.lesson.name) < knows)))
    return replies, placement.known(replies)


@pytest.mark.parametrize("knows", [0, 1, 7, 20, 39, 40])
def test_placement_finds_the_place_in_few_questions(knows: int) -> None:
    replies, known = place(chain(40), knows)
    assert len(replies) < MOST_QUESTIONS
    assert abs(len(known) - knows) <= 1
    assert list(known) == [key(str(each)) for each in range(len(known))]


def test_placement_asks_the_same_for_the_same_seed() -> None:
    assert place(chain(40), 13) == place(chain(40), 13)


def test_question_is_the_one_that_tells_most() -> None:
    placement = Placement(chain(20), {}, seed="ada")
    askable = [each.key for each in chain(20).lessons()]
    asking = placement.next_question([], askable)
    assert asking is not None
    assert list(asking.gains) == askable
    assert asking.gains[asking.lesson] == max(asking.gains.values()) > LEAST_GAIN
    beliefs = placement.beliefs([])
    assert 0.25 < beliefs[asking.lesson] < 0.75


def test_nothing_is_asked_when_nothing_can_be_or_enough_was() -> None:
    placement = Placement(chain(3), {}, seed="ada")
    assert placement.next_question([], []) is None
    sure = [Reply(key("2"), 1.0)] * 5
    assert placement.next_question(sure, [key("0"), key("1"), key("2")]) is None
    mixed = [Reply(key("1"), float(each % 2)) for each in range(MOST_QUESTIONS)]
    assert placement.next_question(mixed, [key("1")]) is None


def test_nothing_is_known_without_a_right_answer() -> None:
    confident = Placement(chain(3), dict.fromkeys([key("0"), key("1"), key("2")], 0.99), seed="ada")
    assert confident.known([]) == ()
    assert confident.known([Reply(key("2"), 0.0)]) == ()


def test_lesson_answered_wrong_is_not_known_nor_what_requires_it() -> None:
    placement = Placement(chain(3), {}, seed="ada")
    replies = [Reply(key("1"), 0.0), *[Reply(key("2"), 1.0)] * 5]
    assert placement.beliefs(replies)[key("2")] > 0.9
    assert placement.known(replies) == (key("0"),)


def test_model_expecting_success_is_asked_harder_questions() -> None:
    lessons = [each.key for each in chain(20).lessons()]
    asked = [
        Placement(chain(20), dict.fromkeys(lessons, prior), seed="ada").next_question([], lessons)
        for prior in (0.2, 0.9)
    ]
    assert asked[0] is not None
    assert asked[1] is not None
    assert int(asked[0].lesson.name) < int(asked[1].lesson.name)


DIAMOND = Placement(diamond(), {}, seed="ada")
REPLIES = st.lists(
    st.builds(Reply, st.sampled_from([each.key for each in diamond().lessons()]), st.floats(0, 1)), max_size=8
)


@given(REPLIES)
def test_order_of_answers_does_not_matter(replies: list[Reply]) -> None:
    shuffled = sorted(replies, key=lambda reply: (reply.share, str(reply.lesson)))
    assert DIAMOND.known(shuffled) == DIAMOND.known(replies)
    assert DIAMOND.beliefs(shuffled) == pytest.approx(DIAMOND.beliefs(replies))


@given(REPLIES)
def test_what_is_known_holds_all_it_requires(replies: list[Reply]) -> None:
    known = set(DIAMOND.known(replies))
    assert all(set(diamond().get_lesson(each).requires) <= known for each in known)
    beliefs = DIAMOND.beliefs(replies)
    assert all(beliefs[before] >= beliefs[each.key] - 1e-9 for each in diamond().lessons() for before in each.requires)


@given(REPLIES, st.sampled_from([each.key for each in diamond().lessons()]))
def test_right_answer_raises_its_lesson_and_a_wrong_one_lowers_it(replies: list[Reply], asked: LessonKey) -> None:
    before = DIAMOND.beliefs(replies)[asked]
    assert DIAMOND.beliefs([*replies, Reply(asked, 1.0)])[asked] >= before - 1e-9
    assert DIAMOND.beliefs([*replies, Reply(asked, 0.0)])[asked] <= before + 1e-9


def test_course_without_lessons_and_with_a_circle_is_placed() -> None:
    assert Placement(course(), {}, seed="ada").next_question([], []) is None
    circle = course(lesson("one", requires=["two"]), lesson("two", requires=["one"]))
    assert set(Placement(circle, {}, seed="ada").beliefs([])) == {key("one"), key("two")}
