"""Which lessons skills open, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.courses import course, key, reached
from support.skilled import skilled

from trailbook.domain.course import Lesson, LessonKey
from trailbook.domain.mastery.knowledge import Knowledge, Tally
from trailbook.domain.mastery.protocol import SkillEvidence
from trailbook.domain.path import LessonStatus, Status
from trailbook.domain.progress import LessonProgress
from trailbook.domain.recommending import is_finished
from trailbook.domain.skill_gate import SkillsHeld
from trailbook.domain.skill_words import evidence
from trailbook.domain.unlocking import decide

COURSE = skilled()
SKILLS = {"filtering": key("one"), "joining": key("two"), "plotting": key("three")}
NOON = 1_772_798_400.0  # Friday, 6 March 2026


def knowing(exercises: int = 4, **skills: tuple[float, int, int, int]) -> Knowledge:
    """Return what is known: for each skill its probability, the run, and how many of how many were solved."""
    found = {name: skills.get(name, (0.4, 0, 0, 0)) for name in SKILLS}
    return Knowledge(
        {name: SkillEvidence(name, p, solved, of - solved, None, run) for name, (p, run, solved, of) in found.items()},
        dict.fromkeys(SKILLS, exercises),
        {name: Tally(solved, of, NOON) for name, (_, _, solved, of) in found.items() if of},
    )


def decided(
    knowledge: Knowledge,
    *lessons: LessonProgress,
    before: Mapping[LessonKey, Status] | None = None,
    reset: frozenset[LessonKey] = frozenset(),
) -> dict[LessonKey, LessonStatus]:
    progress = {name: LessonProgress(name, max_score=10) for name in SKILLS.values()}
    progress |= {each.lesson: each for each in lessons}
    policy = SkillsHeld(COURSE, knowledge, 0.7, before or {}, reset)
    return decide(COURSE, progress, policy=policy, judge=policy)


def said(name: str, statuses: Mapping[LessonKey, LessonStatus]) -> tuple[Status, str, int]:
    found = statuses[key(name)]
    return found.status, found.because, found.minutes_to_open


@pytest.mark.parametrize(
    ("filtering", "because", "minutes"),
    [
        ((0.4, 0, 0, 0), "you can solve about 7 of 10 exercises on Filtering rows from One (not tried yet)", 9),
        ((0.56, 0, 1, 3), "you can solve about 7 of 10 exercises on Filtering rows from One (now about 5 of 10)", 4),
        ((0.8, 1, 3, 5), "your next answers on Filtering rows in One are right", 1),
    ],
)
def test_locked_lesson_says_which_skill_opens_it(
    filtering: tuple[float, int, int, int], because: str, minutes: int
) -> None:
    statuses = decided(knowing(filtering=filtering), reached("one", 3))
    assert said("two", statuses) == (Status.LOCKED, f"Opens when {because}.", minutes)
    assert statuses[key("three")].minutes_to_open == minutes + 20  # nothing of it is answered


def test_skill_held_opens_the_next_lesson_and_masters_its_own() -> None:
    statuses = decided(knowing(filtering=(0.82, 3, 4, 5)), reached("one", 5))
    assert said("two", statuses) == (Status.OPEN, "Open because you solved 4 of 5 on Filtering rows.", 0)
    mastered = "You solved 4 of 5 on Filtering rows. You would get about 8 of 10 exercises like these right."
    assert said("one", statuses) == (Status.MASTERED, mastered, 0)


def test_skill_with_one_exercise_asks_for_one_right_answer() -> None:
    opened = decided(knowing(1, filtering=(0.7, 1, 1, 1)), reached("one", 5))
    assert opened[key("two")].status is Status.OPEN


def test_solving_everything_is_enough_whatever_is_believed() -> None:
    statuses = decided(knowing(filtering=(0.6, 1, 4, 9)), reached("one", 10))
    assert said("one", statuses)[:2] == (Status.MASTERED, "You solved everything in it.")
    assert said("two", statuses)[:2] == (Status.OPEN, "Open because you solved everything in One.")


def test_points_alone_do_not_open_by_skill() -> None:
    statuses = decided(knowing(filtering=(0.6, 0, 3, 9)), reached("one", 9))
    assert [statuses[each].status for each in SKILLS.values()] == [Status.IN_PROGRESS, Status.LOCKED, Status.LOCKED]


def test_what_was_open_or_mastered_stays_so() -> None:
    before = {key("one"): Status.MASTERED, key("two"): Status.OPEN}
    statuses = decided(knowing(filtering=(0.5, 0, 3, 9)), reached("one", 5), before=before)
    assert said("one", statuses)[:2] == (Status.MASTERED, "You mastered it before.")
    assert said("two", statuses)[:2] == (Status.OPEN, "Open because you mastered One before.")
    unmastered = decided(knowing(filtering=(0.5, 0, 3, 9)), reached("one", 5), before={key("two"): Status.OPEN})
    assert said("two", unmastered)[:2] == (Status.OPEN, "It opened for you before, and it stays open.")


def test_lesson_that_was_reset_counts_by_its_points() -> None:
    statuses = decided(knowing(filtering=(0.9, 5, 5, 5)), reached("one", 5), reset=frozenset({key("one")}))
    assert said("two", statuses)[:2] == (Status.LOCKED, "Opens when you reach 80 % in One (you have 50 %).")


def test_lesson_without_skills_counts_by_its_points() -> None:
    plain = course(Lesson(key("one"), "One"), Lesson(key("two"), "Two", requires=(key("one"),)))
    policy = SkillsHeld(plain, Knowledge(), 0.7)
    statuses = decide(plain, {key("one"): reached("one", 9)}, policy=policy, judge=policy)
    assert [each.status for each in statuses.values()] == [Status.MASTERED, Status.OPEN]


def test_evidence_names_the_day() -> None:
    days = (0, 1, 3, 6, 7, 400)
    ends = [evidence("x", Tally(1, 2, NOON - day * 86_400), now=NOON).rpartition("last ")[2] for day in days]
    assert ends == ["today.", "yesterday.", "on Tuesday.", "on Saturday.", "on 27 February.", "on 30 January 2025."]


KNOWN = st.fixed_dictionaries(
    {name: st.tuples(st.floats(0.01, 0.99), st.integers(0, 4), st.integers(0, 5), st.integers(5, 9)) for name in SKILLS}
)
SCORES = st.tuples(*(st.sampled_from((None, 0.0, 5.0, 9.0, 10.0)) for _ in SKILLS))


@settings(max_examples=200)
@given(known=KNOWN, scores=SCORES)
def test_every_state_has_something_to_do_or_is_finished(
    known: dict[str, tuple[float, int, int, int]], scores: tuple[float | None, ...]
) -> None:
    begun = [
        reached(name.name, score) for name, score in zip(SKILLS.values(), scores, strict=True) if score is not None
    ]
    statuses = decided(knowing(**known), *begun)
    open_now = [each for each in statuses.values() if each.status in (Status.OPEN, Status.IN_PROGRESS)]
    assert open_now or is_finished(statuses)


@settings(max_examples=200)
@given(known=KNOWN, scores=SCORES, skill=st.sampled_from(sorted(SKILLS)), better=st.floats(0, 0.5))
def test_more_evidence_of_success_never_locks(
    known: dict[str, tuple[float, int, int, int]], scores: tuple[float | None, ...], skill: str, better: float
) -> None:
    begun = [
        reached(name.name, score) for name, score in zip(SKILLS.values(), scores, strict=True) if score is not None
    ]
    first = decided(knowing(**known), *begun)
    probability, run, solved, of = known[skill]
    more = known | {skill: (min(probability + better, 0.999), run + 1, solved + 1, of + 1)}
    then = decided(knowing(**more), *begun)
    # Whatever a model believes next, what was noted as open stays so.
    lost = decided(knowing(), *begun, before={name: each.status for name, each in first.items()})
    for name, status in first.items():
        assert then[name].is_open >= status.is_open
        assert lost[name].is_open >= status.is_open


def test_course_in_another_order_is_decided_alike() -> None:
    knowledge = knowing(filtering=(0.82, 3, 4, 5))
    turned = replace(COURSE, modules=(replace(COURSE.modules[0], lessons=tuple(reversed(COURSE.modules[0].lessons))),))
    policy = SkillsHeld(turned, knowledge, 0.7)
    progress = {key("one"): reached("one", 5)}
    statuses = decide(turned, progress, policy=policy, judge=policy)
    expected = decide(COURSE, progress, policy=replace(policy, course=COURSE), judge=replace(policy, course=COURSE))
    assert statuses == expected
