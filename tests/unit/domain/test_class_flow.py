"""Where a class waits, falls, skips and is stuck."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.courses import NOW, key

from trailbook.domain.class_flow import Decided, LessonFlow, Moment, class_flow, minutes_at_work
from trailbook.domain.course import LessonKey
from trailbook.domain.path import Status

LESSONS = [key("one"), key("two"), key("three")]


def stands(*statuses: Status, days_ago: float = 10.0) -> dict[LessonKey, Decided]:
    at = NOW - timedelta(days=days_ago)
    return {name: Decided(status, at) for name, status in zip(LESSONS, statuses, strict=False)}


def did(learner: str, name: str, *, days_ago: float = 0.0, minutes: float = 0.0, share: float | None = None) -> Moment:
    at = NOW - timedelta(days=days_ago) + timedelta(minutes=minutes)
    return Moment(learner, key(name), at, "a" if share is not None else None, share)


def flow(decisions: dict[str, dict[LessonKey, Decided]], *moments: Moment) -> dict[str, LessonFlow]:
    return {each.lesson.name: each for each in class_flow(LESSONS, decisions, moments, now=NOW)}


def people(found: dict[str, LessonFlow], kind: str) -> dict[str, tuple[str, ...]]:
    named = {name: getattr(each, kind) for name, each in found.items()}
    return {name: who for name, who in named.items() if who}


def test_flow_of_nobody_is_empty_and_divides_by_nothing() -> None:
    nothing = LessonFlow(key("one"), 0, 0, 0, 0, (), (), (), (), (), None, None)
    assert flow({})["one"] == nothing


def test_flow_counts_each_status_and_takes_medians_of_who_mastered() -> None:
    decisions = {
        "ada": stands(Status.MASTERED, Status.OPEN, Status.LOCKED),
        "ben": stands(Status.DUE, Status.LOCKED, Status.LOCKED),
        "cy": stands(Status.IN_PROGRESS, Status.LOCKED, Status.LOCKED),
    }
    moments = [
        *(did("ada", "one", minutes=minute, share=share) for minute, share in ((0, 0.0), (4, 1.0))),
        did("ben", "one", minutes=0),
        did("ben", "one", minutes=8, share=1.0),
        did("cy", "one", minutes=9, share=0.0),
    ]
    found = class_flow(LESSONS, decisions, moments, now=NOW, for_grader={("cy", key("one"))})
    assert found == [
        LessonFlow(key("one"), 0, 0, 1, 2, (), (), (), (), ("cy",), 6.0, 1.5),
        LessonFlow(key("two"), 2, 1, 0, 0, (), (), (), (), (), None, None),
        LessonFlow(key("three"), 3, 0, 0, 0, (), (), (), (), (), None, None),
    ]


def test_who_does_nothing_before_an_open_lesson_waits_there_once_three_days_are_over() -> None:
    decisions = {name: stands(Status.MASTERED, Status.OPEN, Status.OPEN) for name in ("ada", "ben")}
    found = flow(decisions, did("ada", "one", days_ago=3), did("ben", "one", days_ago=2.9))
    assert people(found, "waiting") == {"two": ("ada",)}
    assert people(found, "fallen") == {}


def test_who_never_did_anything_waits_only_once_the_lesson_was_open_for_long() -> None:
    decisions = {
        "ada": stands(Status.OPEN, Status.LOCKED, Status.LOCKED, days_ago=3),
        "ben": stands(Status.OPEN, Status.LOCKED, Status.LOCKED, days_ago=1),
    }
    assert people(flow(decisions), "waiting") == {"one": ("ada",)}


def test_who_stopped_in_the_middle_fell_there_after_a_week() -> None:
    decisions = {name: stands(Status.MASTERED, Status.IN_PROGRESS, Status.OPEN) for name in ("ada", "ben")}
    found = flow(decisions, did("ada", "two", days_ago=7), did("ben", "two", days_ago=6.9))
    assert people(found, "fallen") == {"two": ("ada",)}
    assert people(found, "waiting") == {}


def test_who_began_a_later_lesson_skipped_the_open_one() -> None:
    decisions = {
        "ada": stands(Status.OPEN, Status.IN_PROGRESS, Status.OPEN),
        "ben": stands(Status.LOCKED, Status.MASTERED, Status.OPEN),
        "cy": stands(Status.OPEN, Status.OPEN, Status.LOCKED),
    }
    assert people(flow(decisions), "skipped") == {"one": ("ada",)}


def test_who_fails_again_and_again_is_stuck_until_it_passes_or_is_long_ago() -> None:
    decisions = {name: stands(Status.IN_PROGRESS) for name in ("ada", "ben", "cy")}
    failures = [did(name, "one", minutes=each, share=0.0) for name in ("ada", "ben") for each in range(5)]
    found = flow(
        decisions,
        *failures,
        did("ben", "one", minutes=6, share=1.0),
        *(did("cy", "one", days_ago=8, minutes=each, share=0.0) for each in range(5)),
    )
    assert people(found, "stuck") == {"one": ("ada",)}


def test_pauses_count_as_ten_minutes_at_most() -> None:
    times = [NOW + timedelta(minutes=minutes) for minutes in (0, 3, 300, 301)]
    assert minutes_at_work(times) == 14.0
    assert minutes_at_work(times[:1]) == minutes_at_work([]) == 0.0


MOMENTS = st.lists(
    st.builds(
        did,
        st.sampled_from(["ada", "ben"]),
        st.sampled_from(["one", "two", "three", "gone"]),
        days_ago=st.floats(0, 20),
        share=st.sampled_from([None, 0.0, 1.0]),
    ),
    max_size=12,
    unique_by=lambda each: (each.learner, each.at),
)
STANDS = st.lists(st.sampled_from(Status), max_size=3).map(lambda found: stands(*found))


@given(STANDS, STANDS, MOMENTS)
def test_flow_depends_on_no_order_and_nobody_is_in_two_places(
    ada: dict[LessonKey, Decided], ben: dict[LessonKey, Decided], moments: list[Moment]
) -> None:
    found = flow({"ada": ada, "ben": ben}, *moments)
    assert flow({"ben": ben, "ada": ada}, *reversed(moments)) == found
    for name in ("ada", "ben"):
        assert sum(name in (*each.waiting, *each.fallen) for each in found.values()) <= 1
    counted = sum(each.locked + each.open + each.in_progress + each.mastered for each in found.values())
    assert counted == len(ada) + len(ben)
