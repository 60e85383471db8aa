"""What is open for a learner, and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.courses import course, key, lesson, reached

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.path import LessonStatus, Requirement, Status
from trailbook.domain.progress import ExerciseProgress, ExerciseState, LessonProgress
from trailbook.domain.recommending import is_finished, next_step
from trailbook.domain.unlocking import decide, percent, points

ONE_THEN_TWO = course(lesson("one"), lesson("two", requires=["one"]))


def progress(*lessons: LessonProgress) -> dict[LessonKey, LessonProgress]:
    return {each.lesson: each for each in lessons}


def unread(name: str, *, of: float = 10.0) -> LessonProgress:
    return LessonProgress(key(name), max_score=of)


def status_of(name: str, statuses: Mapping[LessonKey, LessonStatus]) -> tuple[Status, str]:
    found = statuses[key(name)]
    return found.status, found.because


def test_lesson_without_requirements_is_open_from_the_start() -> None:
    statuses = decide(ONE_THEN_TWO, {})
    assert list(statuses) == [key("one"), key("two")]
    assert status_of("one", statuses) == (Status.OPEN, "Open from the start.")


def test_locked_lesson_says_what_opens_it() -> None:
    statuses = decide(ONE_THEN_TWO, progress(reached("one", 4), unread("two")))
    assert status_of("two", statuses) == (Status.LOCKED, "Opens when you reach 80 % in One (you have 40 %).")
    assert statuses[key("two")].requirements == (Requirement(key("one"), "One", 0.8, 0.4),)
    assert not statuses[key("two")].is_open


def test_share_just_below_is_not_shown_as_reached() -> None:
    statuses = decide(ONE_THEN_TWO, progress(reached("one", 7.99)))
    assert status_of("two", statuses) == (Status.LOCKED, "Opens when you reach 80 % in One (you have 79 %).")


def test_every_missing_requirement_is_named() -> None:
    both = course(lesson("one"), lesson("two", pass_share=0.5), lesson("three", requires=["one", "two"]))
    statuses = decide(both, progress(reached("one", 9)))
    assert status_of("three", statuses)[1] == "Opens when you reach 50 % in Two (you have 0 %)."
    statuses = decide(both, {})
    because = "Opens when you reach 80 % in One (you have 0 %) and you reach 50 % in Two (you have 0 %)."
    assert status_of("three", statuses)[1] == because


def test_answer_that_waits_for_a_grader_is_mentioned() -> None:
    waiting = replace(reached("one", 0), exercises={"w": ExerciseProgress("w", ExerciseState.NEEDS_REVIEW)})
    because = "Opens when you reach 80 % in One (you have 0 %, and an answer waits for a grader)."
    assert status_of("two", decide(ONE_THEN_TWO, progress(waiting)))[1] == because


def test_met_requirement_opens_the_lesson_with_the_reason() -> None:
    statuses = decide(ONE_THEN_TWO, progress(reached("one", 9)))
    assert status_of("one", statuses) == (Status.MASTERED, "You reached 90 % of its points; 80 % are needed.")
    assert status_of("two", statuses) == (Status.OPEN, "Open because you reached 90 % in One.")


@pytest.mark.parametrize(("score", "is_met"), [(0.7 + 0.1, True), (0.8 - 1e-6, False)])
def test_rounding_errors_keep_no_lesson_shut(score: float, is_met: bool) -> None:
    statuses = decide(ONE_THEN_TWO, progress(reached("one", score, of=1.0)))
    assert statuses[key("two")].is_open is is_met
    assert (statuses[key("one")].status is Status.MASTERED) is is_met


def test_lesson_to_read_is_done_once_opened() -> None:
    read = LessonProgress(key("one"), started=True)
    statuses = decide(ONE_THEN_TWO, progress(read))
    assert status_of("one", statuses) == (Status.MASTERED, "You have read it.")
    assert status_of("two", statuses) == (Status.OPEN, "Open because you have read One.")
    unopened = decide(ONE_THEN_TWO, progress(unread("one", of=0)))
    assert status_of("two", unopened) == (Status.LOCKED, "Opens when you have read One.")


def test_started_lesson_stays_open_when_its_requirement_is_lost() -> None:
    statuses = decide(ONE_THEN_TWO, progress(reached("one", 2), reached("two", 1)))
    assert status_of("two", statuses) == (Status.IN_PROGRESS, "You have 1 of 10 points.")


def test_lesson_without_release_is_locked_whatever_was_reached() -> None:
    statuses = decide(ONE_THEN_TWO, progress(reached("one", 9)), released={key("one")})
    assert status_of("two", statuses) == (Status.LOCKED, "This lesson is not released yet.")


def test_numbers_are_readable() -> None:
    assert [percent(share) for share in (0, 0.005, 0.29, 0.57, 1.0, 1.25)] == [
        "0 %",
        "0 %",
        "29 %",
        "57 %",
        "100 %",
        "125 %",
    ]
    assert [points(value) for value in (0, 2.0, 1.5, 1 / 3, 100.0)] == ["0", "2", "1.5", "0.33", "100"]


# --- every course, every learner --------------------------------------------------------------------------------

NAMES = ["a", "b", "c", "d", "e", "f"]


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """A course whose lessons require earlier ones, in an order of its own."""
    lessons = []
    for index, name in enumerate(NAMES[: draw(st.integers(1, len(NAMES)))]):
        requires = draw(st.lists(st.sampled_from(NAMES[:index]), unique=True, max_size=2)) if index else []
        lessons.append(lesson(name, requires=requires, pass_share=draw(st.sampled_from([0.1, 0.3, 0.8, 1.0]))))
    return course(*draw(st.permutations(lessons)))


SCORES = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 10))


def learner(scores: Mapping[str, float], of: Course) -> dict[LessonKey, LessonProgress]:
    """Progress of a learner who opened the lessons with a score."""
    known = {each.key for each in of.lessons()}
    return {key(name): reached(name, score) for name, score in scores.items() if key(name) in known}


@given(courses(), SCORES, st.randoms())
def test_order_of_what_was_done_decides_nothing(of: Course, scores: dict[str, int], random: object) -> None:
    forwards = learner(scores, of)
    backwards = dict(reversed(forwards.items()))
    assert decide(of, forwards) == decide(of, backwards)


@given(courses(), SCORES, SCORES)
def test_more_success_never_locks_what_was_open(of: Course, scores: dict[str, int], more: dict[str, int]) -> None:
    better = {name: max(scores.get(name, 0), more.get(name, 0)) for name in {*scores, *more}}
    before, after = decide(of, learner(scores, of)), decide(of, learner(better, of))
    assert {each for each, status in before.items() if status.is_open} <= {
        each for each, status in after.items() if status.is_open
    }


@given(courses(), st.data())
def test_every_reachable_state_has_a_next_step_or_is_finished(of: Course, data: st.DataObject) -> None:
    """A learner who goes on, only through open lessons, always has something to do, until all is done."""
    scores: dict[str, int] = {}
    for _ in range(data.draw(st.integers(0, 12))):
        statuses = decide(of, learner(scores, of))
        open_lessons = [each.name for each, status in statuses.items() if status.is_open]
        assert open_lessons
        name = data.draw(st.sampled_from(open_lessons))
        scores[name] = max(scores.get(name, 0), data.draw(st.integers(0, 10)))
    statuses = decide(of, learner(scores, of))
    step = next_step(statuses)
    assert (step is None) == is_finished(statuses)
    if step is not None:
        assert statuses[step.lesson.key].is_open
        assert step.because


@given(courses(), SCORES)
def test_reason_names_each_requirement_that_is_missing_and_no_other(of: Course, scores: dict[str, int]) -> None:
    for status in decide(of, learner(scores, of)).values():
        assert status.because.endswith(".")
        if status.status is Status.LOCKED:
            missing = {each.title for each in status.requirements if not each.met}
            named = {each.title for each in status.requirements if f" in {each.title} (" in status.because}
            assert named == missing != set()
