"""Sittings lend lessons, say what answers are for, and count what is known."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from support.courses import NOW, TRAP, course, key, lesson, reached

from trailbook.domain.course import LessonKey
from trailbook.domain.path import Status
from trailbook.domain.progress import LessonProgress
from trailbook.domain.sittings import (
    KnownCounts,
    Purpose,
    Sitting,
    known_lessons,
    parse_item,
    purpose_of,
    with_known,
)
from trailbook.domain.unlocking import PREREQUISITES_MET, decide

COURSE = course(lesson("one"), lesson("two", requires=["one"]), lesson("three", requires=["one", "two"]))
ITEM = f"{key('two')}#a"
TESTED = {key("one"): "You tested out of it."}


def sitting(purpose: Purpose, *items: str, name: str = "two", ended: bool = False, known: str = "") -> Sitting:
    return Sitting(
        f"{purpose}-1",
        "course",
        TRAP,
        purpose,
        NOW,
        lesson=None if purpose is Purpose.PLACEMENT else key(name),
        items=items,
        ended_at=NOW if ended else None,
        known=tuple(map(key, known.split())),
    )


PRACTICE, TEST = sitting(Purpose.PRACTICE), sitting(Purpose.TEST_OUT, ITEM)
PLACING = sitting(Purpose.PLACEMENT, ITEM)


def test_item_names_lesson_and_exercise() -> None:
    assert parse_item(ITEM) == (key("two"), "a")


@pytest.mark.parametrize("lending", [PRACTICE, TEST, PLACING])
def test_sitting_lends_its_lesson_while_it_lasts(lending: Sitting) -> None:
    assert lending.lends() == {key("two")}
    assert sitting(lending.purpose, *lending.items, ended=True).lends() == frozenset()


@pytest.mark.parametrize(
    ("sittings", "is_open", "purpose"),
    [
        ([], True, Purpose.COUNTS),
        ([TEST], True, Purpose.TEST_OUT),
        ([TEST, PRACTICE], False, Purpose.TEST_OUT),
        ([PLACING], False, Purpose.PLACEMENT),
        ([PRACTICE], False, Purpose.PRACTICE),
        ([PRACTICE], True, Purpose.COUNTS),
        ([sitting(Purpose.TEST_OUT, f"{key('two')}#b")], False, Purpose.PRACTICE),
        ([sitting(Purpose.TEST_OUT, ITEM, ended=True)], True, Purpose.COUNTS),
    ],
)
def test_purpose_of_an_answer(sittings: list[Sitting], *, is_open: bool, purpose: Purpose) -> None:
    assert purpose_of(sittings, ITEM, is_open=is_open) is purpose


def test_skipped_question_takes_no_answer() -> None:
    skipped = Sitting("1", "course", TRAP, Purpose.PLACEMENT, NOW, items=(ITEM,), skipped=(ITEM,))
    assert purpose_of([skipped], ITEM, is_open=False) is Purpose.PRACTICE


def test_known_lessons_have_the_stronger_reason() -> None:
    placed = sitting(Purpose.PLACEMENT, ended=True, known="one two")
    tested = sitting(Purpose.TEST_OUT, ended=True, known="two")
    expected = {key("one"): "Your placement showed that you know it.", key("two"): "You tested out of it."}
    assert known_lessons([placed, tested]) == known_lessons([tested, placed]) == expected


def decided(
    known: Mapping[LessonKey, str], *progress: LessonProgress, released: str = "one two three"
) -> dict[str, tuple[Status, str]]:
    policy = KnownCounts(PREREQUISITES_MET, known)
    of_learner = {each.lesson: each for each in progress}
    statuses = decide(COURSE, of_learner, released={key(name) for name in released.split()}, policy=policy)
    return {key.name: (status.status, status.because) for key, status in with_known(statuses, known).items()}


def test_known_lesson_is_mastered_and_opens_what_requires_it() -> None:
    assert decided(TESTED) == {
        "one": (Status.MASTERED, "You tested out of it."),
        "two": (Status.OPEN, "Open because you showed that you know One."),
        "three": (Status.LOCKED, "Opens when you reach 80 % in Two (you have 0 %)."),
    }


def test_known_lesson_behind_a_lock_is_mastered() -> None:
    assert decided({key("two"): "known"})["two"] == (Status.MASTERED, "known")
    assert decided({key("two"): "known"})["three"][0] is Status.LOCKED


def test_lesson_mastered_by_points_keeps_its_own_reason() -> None:
    assert decided(TESTED, reached("one", 9.0))["one"] == (
        Status.MASTERED,
        "You reached 90 % of its points; 80 % are needed.",
    )


def test_begun_lesson_is_mastered_once_known_and_stays_open() -> None:
    assert decided(TESTED, reached("one", 1.0))["one"] == (Status.MASTERED, "You tested out of it.")


def test_lesson_that_is_not_released_stays_shut() -> None:
    assert decided(TESTED, released="two")["one"] == (Status.LOCKED, "This lesson is not released yet.")


def test_nothing_known_changes_nothing() -> None:
    progress = {key("one"): reached("one", 9.0)}
    statuses = decide(COURSE, progress, policy=KnownCounts(PREREQUISITES_MET, {}))
    assert with_known(statuses, {}) == decide(COURSE, progress)
