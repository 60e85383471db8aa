"""The exercises of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from trailbook.domain.reviewing.choose import ReviewItem, ReviewSet, choose_exercises
from trailbook.domain.reviewing.memory import DAY
from trailbook.domain.reviewing.values import DueReview

NOW = 1_700_000_000.0


def due(*skills: str) -> list[DueReview]:
    return [DueReview(skill, skill.title(), 0.5, 0.0, 1.0, "") for skill in skills]


def item(name: str, *skills: str, minutes: float = 3.0, variant_of: str | None = None) -> ReviewItem:
    return ReviewItem(name, skills, minutes, variant_of)


def choose(
    of: Sequence[DueReview],
    items: Sequence[ReviewItem],
    *,
    minutes: float = 10.0,
    seen: Mapping[str, float] | None = None,
    seed: str = "",
) -> ReviewSet:
    return choose_exercises(of, items, minutes=minutes, seen=seen or {}, now=NOW, seed=seed)


def names(of: ReviewSet) -> list[str]:
    return [each.item for each in of.items]


def test_each_skill_gets_one_before_any_gets_a_second() -> None:
    items = [item("a1", "a"), item("a2", "a"), item("b1", "b"), item("b2", "b")]
    found = choose(due("a", "b"), items, seen={"a2": 5.0, "b2": 5.0})
    assert names(found) == ["a1", "b1", "a2"]
    assert (found.minutes, found.because) == (9.0, "These refresh A and B.")


def test_variant_never_seen_comes_before_the_exercise_that_was() -> None:
    items = [item("a1", "a"), item("a2", "a", variant_of="a1"), item("a3", "a", variant_of="a1")]
    assert names(choose(due("a"), items, seen={"a1": 5.0, "a2": 1.0})) == ["a3"]


def test_what_was_seen_longest_ago_comes_first_and_just_seen_last() -> None:
    items = [item("a1", "a"), item("a2", "a"), item("a3", "a")]
    seen = {"a1": NOW - 60, "a2": NOW - 2 * DAY, "a3": NOW - 3 * DAY}
    assert names(choose(due("a"), items, seen=seen)) == ["a3", "a2"]
    assert names(choose(due("a"), items[:1], seen=seen)) == ["a1"]


def test_exercise_that_practises_more_of_what_is_due_comes_first() -> None:
    items = [item("a", "a"), item("b", "b"), item("both", "a", "b", minutes=8.0)]
    assert names(choose(due("a", "b"), items)) == ["both"]


def test_budget_is_kept_and_said_where_nothing_fits() -> None:
    items = [item("a", "a", minutes=12.0), item("b", "b", minutes=15.0)]
    assert choose(due("a", "b"), items) == ReviewSet(
        (), 0.0, "The shortest exercise takes about 12 minutes and your limit is 10. Allow a little more."
    )


def test_skill_without_exercise_and_nothing_due_are_said() -> None:
    assert choose(due("a", "b"), []) == ReviewSet(
        (), 0.0, "No exercise practises A and B, so read the lesson once more."
    )
    assert choose([], [item("a", "a")]) == ReviewSet((), 0.0, "Nothing is due. Enjoy what you know.")


def test_equal_exercises_are_drawn_with_the_seed() -> None:
    items = [item(f"a{number}", "a") for number in range(4)]
    drawn = [names(choose(due("a"), items, seed=str(number)))[0] for number in range(40)]
    assert set(drawn) == {"a0", "a1", "a2", "a3"}
    assert drawn == [names(choose(due("a"), items, seed=str(number)))[0] for number in range(40)]


SKILLS = st.sampled_from("abc")
ITEMS = st.dictionaries(st.sampled_from("uvwxyz"), st.tuples(st.sets(SKILLS, min_size=1), st.floats(0.5, 20))).map(
    lambda found: [ReviewItem(name, tuple(sorted(skills)), minutes) for name, (skills, minutes) in found.items()]
)


@given(st.lists(SKILLS, unique=True), ITEMS, st.floats(0, 30), st.data())
@settings(max_examples=80)
def test_review_is_within_the_budget_and_about_what_is_due(
    skills: list[str], items: list[ReviewItem], minutes: float, data: st.DataObject
) -> None:
    found = choose(due(*skills), items, minutes=minutes)
    assert sum(each.minutes for each in found.items) <= minutes + 1e-9
    assert all(set(each.skills) & set(skills) for each in found.items)
    assert len(names(found)) == len(set(names(found)))
    assert found.because
    fits = any(each.minutes <= minutes and set(each.skills) & set(skills) for each in items)
    assert bool(found.items) == fits
    assert found == choose(due(*skills), data.draw(st.permutations(items)), minutes=minutes)
