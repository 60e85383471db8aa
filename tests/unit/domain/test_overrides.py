"""What staff decided wins over every policy, whatever order the log is read in, and can be withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from support.courses import NOW, course, key, lesson, reached

from trailbook.domain.course import LessonKey
from trailbook.domain.overrides import Action, Override, OverrideEntry, TakenBack, in_force, overrides_of, taken_back
from trailbook.domain.path import Status
from trailbook.domain.progress import LessonProgress
from trailbook.domain.unlocking import decide

COURSE = course(lesson("one"), lesson("two", requires=("one",)), lesson("three", requires=("two",)))
NAMES = ("one", "two", "three")


def entry(
    number: int,
    action: Action | None,
    *,
    name: str = "one",
    learner: str = "ada",
    group: str = "",
    withdraws: int | None = None,
) -> OverrideEntry:
    at = NOW + timedelta(minutes=number)
    return OverrideEntry("course", key(name), learner, group, action, "why", "ida", at, withdraws, number)


def held(action: Action, *, name: str = "one", group: str = "") -> Override:
    return Override(key(name), action, "why", "ida", NOW, group)


def statuses(
    progress: dict[LessonKey, LessonProgress], *overrides: Override, released: tuple[str, ...] = NAMES
) -> dict[str, tuple[Status, str]]:
    decided = decide(
        COURSE,
        progress,
        released=[key(name) for name in released],
        overrides={each.lesson: each for each in overrides},
    )
    return {each.name: (status.status, status.because) for each, status in decided.items()}


def test_an_opened_lesson_is_open_whatever_it_requires() -> None:
    found = statuses({}, held(Action.OPEN, name="three"))
    assert found["three"] == (Status.OPEN, "Your instructor opened this lesson for you.")
    assert found["two"][0] is Status.LOCKED


def test_an_opened_lesson_of_a_group_says_so() -> None:
    found = statuses({}, held(Action.OPEN, name="two", group="evening"))
    assert found["two"] == (Status.OPEN, "Your instructor opened this lesson for you and your group.")


def test_opening_what_is_open_changes_nothing() -> None:
    progress = {key("one"): reached("one", 9)}
    overrides = [held(Action.OPEN, name=name) for name in ("one", "two")]
    assert statuses(progress, *overrides) == statuses(progress)


def test_a_locked_lesson_is_locked_even_when_begun_and_its_work_is_kept() -> None:
    progress = {key("one"): reached("one", 9)}
    assert statuses(progress, held(Action.LOCK)) == {
        **statuses(progress),
        "one": (
            Status.LOCKED,
            "Your instructor locked this lesson for now. Ask them when it opens; what you did in it is kept.",
        ),
    }


def test_a_mastered_lesson_opens_what_requires_it() -> None:
    found = statuses({}, held(Action.MASTER))
    assert [found[name][0] for name in NAMES] == [Status.MASTERED, Status.OPEN, Status.LOCKED]
    assert found["one"][1] == "Your instructor counts this lesson as mastered."
    assert found["two"][1] == "Open because your instructor counts One as mastered."


def test_a_lesson_that_is_not_released_stays_so() -> None:
    released = ("one", "three")
    before = statuses({}, released=released)
    assert statuses({}, held(Action.OPEN, name="two"), released=released) == before


def test_a_reset_is_for_the_progress_and_not_for_the_decision() -> None:
    progress = {key("one"): reached("one", 9)}
    assert statuses(progress, held(Action.RESET)) == statuses(progress)


def test_the_later_of_two_decisions_holds() -> None:
    log = [entry(1, Action.OPEN), entry(2, Action.LOCK)]
    assert overrides_of(log, "ada")[key("one")].action is Action.LOCK


def test_a_decision_for_a_person_wins_over_a_later_one_for_the_group() -> None:
    log = [entry(1, Action.OPEN), entry(2, Action.LOCK, learner="", group="evening")]
    assert overrides_of(log, "ada", ["evening"])[key("one")] == Override(
        key("one"), Action.OPEN, "why", "ida", NOW + timedelta(minutes=1)
    )
    assert overrides_of(log, "ben", ["evening"])[key("one")].action is Action.LOCK
    assert overrides_of(log, "cy", ["morning"]) == {}


def test_withdrawing_brings_back_what_held_before() -> None:
    log = [entry(1, Action.OPEN), entry(2, Action.LOCK), entry(3, None, withdraws=2)]
    assert in_force(log) == log[:1]
    assert overrides_of([*log, entry(4, None, withdraws=1)], "ada") == {}


ENTRIES = st.lists(
    st.tuples(st.sampled_from(Action), st.sampled_from(NAMES), st.sampled_from([("ada", ""), ("", "evening")])),
    max_size=8,
)


@given(ENTRIES, st.randoms())
def test_what_holds_does_not_depend_on_the_order_the_log_is_read_in(
    made: list[tuple[Action, str, tuple[str, str]]], random: Random
) -> None:
    log = [
        entry(number, action, name=name, learner=learner, group=group)
        for number, (action, name, (learner, group)) in enumerate(made, start=1)
    ]
    shuffled = list(log)
    random.shuffle(shuffled)
    assert overrides_of(shuffled, "ada", ["evening"]) == overrides_of(log, "ada", ["evening"])


@given(ENTRIES, st.sampled_from(Action), st.sampled_from(NAMES), st.sampled_from([None, 0.0, 5.0, 9.0]))
def test_a_decision_wins_and_its_withdrawal_brings_every_status_back(
    made: list[tuple[Action, str, tuple[str, str]]], action: Action, name: str, score: float | None
) -> None:
    progress = {} if score is None else {key("one"): reached("one", score)}
    before = [
        entry(number, each, name=of, learner=learner, group=group)
        for number, (each, of, (learner, group)) in enumerate(made, start=1)
    ]
    given_, withdrawn = entry(50, action, name=name), entry(51, None, name=name, withdraws=50)

    def decided(log: list[OverrideEntry]) -> dict[str, tuple[Status, str]]:
        return statuses(progress, *overrides_of(log, "ada", ["evening"]).values())

    wanted = {Action.LOCK: {Status.LOCKED}, Action.MASTER: {Status.MASTERED}}
    still_open = {Status.OPEN, Status.IN_PROGRESS, Status.MASTERED}
    now = decided([*before, given_])[name][0]
    assert action is Action.RESET or now in wanted.get(action, still_open)
    assert decided([*before, given_, withdrawn]) == decided(before)


def test_a_lock_on_what_is_locked_keeps_its_requirements() -> None:
    decided = decide(COURSE, {}, overrides={key("two"): held(Action.LOCK, name="two")})
    policy = decide(COURSE, {})
    assert decided[key("two")] == replace(policy[key("two")], because=decided[key("two")].because)


def test_span_of_what_was_taken_back_ends_before_the_withdrawal() -> None:
    log = [entry(1, Action.OPEN), entry(2, Action.LOCK, name="two"), entry(5, None, withdraws=1)]
    (span,) = taken_back(reversed(log))
    assert span == TakenBack(key("one"), NOW + timedelta(minutes=1), NOW + timedelta(minutes=5))
    assert [span.covers(NOW + timedelta(minutes=minute)) for minute in (0, 1, 3, 5, 6)] == [
        False,
        True,
        True,
        False,
        False,
    ]
