"""Struggle is noticed by the tries, early, and never after a right one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.struggle import RULES, Sign, Struggle, Try, change_between, notice, tries_of

TOUGH = "This one is tough: {} of the last {} tries did not pass yet."


def tries(marks: str, *, change: float | None = None) -> list[Try]:
    """Return tries, ``+`` a right one, ``-`` a wrong one and ``h`` one with half of the points."""
    shares = {"+": 1.0, "-": 0.0, "h": 0.5}
    return [Try(shares[mark], change if number else None) for number, mark in enumerate(marks)]


@pytest.mark.parametrize(
    ("marks", "failed", "looked"),
    [("----", 4, 4), ("-+--h", 4, 5), ("+-+---", 4, 6), ("+++------", 6, 6)],
)
def test_notice_when_most_of_the_last_tries_failed(marks: str, failed: int, looked: int) -> None:
    assert notice(tries(marks)) == Struggle((Sign.FAILING,), TOUGH.format(failed, looked))


@pytest.mark.parametrize("marks", ["", "-", "--", "---", "++-+--", "----+", "--------+"])
def test_notice_nothing_in_few_failures_or_after_a_right_try(marks: str) -> None:
    assert notice(tries(marks)) is None


def test_notice_earlier_where_the_model_expects_a_failure_too() -> None:
    assert notice(tries("---"), predicted=0.34) == Struggle((Sign.FAILING,), TOUGH.format(3, 3))
    assert notice(tries("---"), predicted=0.35) is None
    assert notice(tries("--"), predicted=0.01) is None


def test_notice_tries_that_hardly_differ() -> None:
    same = notice(tries("---", change=0.05))
    assert same == Struggle((Sign.REPEATING,), "The last 3 tries were nearly the same. A fresh look may help.")
    assert notice(tries("---", change=0.06)) is None
    assert notice([Try(0.0), Try(0.0, 0.0), Try(0.0)]) is None, "of a change nobody knows"
    assert notice([Try(1.0), Try(0.0, 0.0), Try(0.0, 0.0)]) is None


@pytest.mark.parametrize(
    ("times", "signs"),
    [
        ({"seconds": 599, "usual_seconds": 60}, ()),
        ({"seconds": 600, "usual_seconds": 60}, (Sign.LONG,)),
        ({"seconds": 899, "usual_seconds": 300}, ()),
        ({"seconds": 900, "usual_seconds": 300}, (Sign.LONG,)),
        ({"seconds": 9_000}, ()),
    ],
)
def test_notice_long_time_only_beside_what_is_usual(times: dict[str, Any], signs: tuple[Sign, ...]) -> None:
    found = notice([], **times)
    assert (found.signs if found else ()) == signs


def test_notice_failure_after_the_last_hint() -> None:
    found = notice(tries("-"), hints=2, all_hints=2)
    assert found is not None
    assert found.signs == (Sign.HINTS_USED_UP,)
    assert notice(tries("-"), hints=1, all_hints=2) is None
    assert notice(tries("-"), hints=0, all_hints=0) is None
    assert notice([], hints=2, all_hints=2) is None, "the last hint was not tried yet"


def test_notice_names_every_sign_and_says_the_strongest() -> None:
    found = notice(tries("----", change=0.0), seconds=900, usual_seconds=60, hints=1, all_hints=1)
    assert found == Struggle(tuple(Sign), TOUGH.format(4, 4))


SHARES = st.lists(st.floats(0, 1))


@given(SHARES, st.floats(0, 1))
def test_one_more_right_answer_ends_it(shares: list[float], predicted: float) -> None:
    assert notice([*map(Try, shares), Try(1.0)], predicted=predicted) is None


@given(SHARES, st.floats(0, 1))
def test_one_more_failure_never_ends_it(shares: list[float], predicted: float) -> None:
    before = list(map(Try, shares))
    if notice(before) is not None:
        after = notice([*before, Try(0.0)], predicted=predicted)
        assert after is not None
        assert Sign.FAILING in after.signs


def test_answers_are_tries() -> None:
    shares = (0.0, 0.5, 1.0)
    answers = [Answer("ada", f"m/l#{share}", ("loops",), share=share) for share in shares]
    assert tries_of(answers) == [Try(share) for share in shares]


@given(st.text(), st.text())
def test_change_is_a_share_and_none_between_equals(one: str, other: str) -> None:
    assert change_between(one, one) == 0.0
    assert 0.0 <= change_between(one, other) <= 1.0


def test_change_is_small_where_one_word_of_many_is_new() -> None:
    answer = "\n".join(f"a{number} = {number}" for number in range(30))
    assert 0.0 < change_between(answer, answer.replace("= 7", "= 8")) < RULES.little_change
