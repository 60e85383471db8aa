"""Practice lends a lesson and counts for nothing; a test-out and a placement open what they show to be known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.contexts import World, grader, learner
from support.courses import NOW, TRAP, course, key, lesson, version
from support.doing import grade, hand_over, submit
from support.notebooks import answer, check, markdown, notebook

from trailbook.domain.course import MasteryRules
from trailbook.domain.errors import Conflict, CourseError, Invalid, LessonLocked, NotAllowed, NotFound, TooSoon
from trailbook.domain.overrides import Action
from trailbook.domain.people import Identity, Role
from trailbook.domain.sittings import Purpose
from trailbook.services.open_lesson import open_lesson
from trailbook.services.overrides import override
from trailbook.services.ports import JobKind
from trailbook.services.sitting_views import PRACTISING, KnownView, SittingView
from trailbook.services.take_on import end_sitting, list_all_sittings, list_sittings, skip_question, take_on
from trailbook.services.view_path import view_path

ASKED = notebook(answer("a"), check("a-test", points=4))
INSTRUCTOR = Identity("ida", {"course": frozenset({Role.INSTRUCTOR})})
PLACES = ("one", "two", "three", "four", "five")


@pytest.fixture
def world() -> World:
    """A chain of five lessons with an exercise each, and one that only is read."""
    world = World()
    with world.storage() as work:
        chain = [lesson(name, requires=[PLACES[place - 1]] if place else []) for place, name in enumerate(PLACES)]
        work.courses.put(replace(course(*chain, lesson("read", requires=["five"])), mastery=MasteryRules()))
        for name in PLACES:
            work.versions.add(version(name, ASKED))
        work.versions.add(version("read", notebook(markdown("# Read"))))
    open_lesson(world.context, learner(), "course", key("one"))
    world.published.clear()
    return world


def begin(world: World, purpose: Purpose, name: str = "") -> SittingView:
    return take_on(world.context, learner(), "course", purpose, key(name) if name else None)


def statuses(world: World) -> dict[str, tuple[str, str]]:
    path = view_path(world.context, learner(), "course")
    return {each.name: (each.status, each.because) for module in path.modules for each in module.lessons}


def reply(world: World, name: str, score: float, *, idempotency_key: str = "") -> JobKind:
    """Answer the exercise of a lesson, with so many of its four points, and return what the answer was."""
    sent = submit(world, name=name, idempotency_key=idempotency_key or f"key-{name}-{world.now}")
    grade(world, sent.id, a_test=score)
    with world.storage(read_only=True) as work:
        attempt = work.attempts.find(sent.id)
    assert attempt is not None
    return attempt.kind


def kinds(world: World) -> list[str]:
    return [event.kind for event in world.log()]


def test_practice_lends_a_locked_lesson_and_starts_nothing(world: World) -> None:
    with pytest.raises(LessonLocked):
        open_lesson(world.context, learner(), "course", key("three"))
    sitting = begin(world, Purpose.PRACTICE, "three")
    assert (sitting.purpose, sitting.lesson, sitting.because) == ("practice", str(key("three")), PRACTISING)
    before = statuses(world)
    delivery = open_lesson(world.context, learner(), "course", key("three"))
    assert (delivery.lesson.status, delivery.notebook) == ("locked", ASKED)
    assert statuses(world) == before
    with pytest.raises(LessonLocked):
        open_lesson(world.context, learner(), "course", key("four"))
    with pytest.raises(LessonLocked):
        open_lesson(world.context, learner("someone"), "course", key("three"))


def test_practice_is_graded_and_counts_for_nothing(world: World) -> None:
    begin(world, Purpose.PRACTICE, "two")
    before = statuses(world)
    assert reply(world, "two", 4.0) is JobKind.PRACTICE
    assert statuses(world) == before
    with world.storage(read_only=True) as work:
        assert key("two") not in work.progress.of_learner(TRAP, "course")
        assert work.graded.after("course", 0) == []
    submitted = next(event for event in world.log() if event.kind == "attempt_submitted")
    assert submitted.data["purpose"] == "practice"


def test_practice_sent_twice_is_one_answer(world: World) -> None:
    begin(world, Purpose.PRACTICE, "two")
    first = submit(world, name="two")
    reply(world, "one", 4.0)
    assert submit(world, name="two").id == first.id


def test_answers_count_once_a_practised_lesson_is_open(world: World) -> None:
    begin(world, Purpose.PRACTICE, "two")
    reply(world, "one", 4.0)
    open_lesson(world.context, learner(), "course", key("two"))
    assert reply(world, "two", 4.0) is JobKind.ATTEMPT
    assert statuses(world)["two"][0] == "mastered"


def test_lent_lesson_cannot_be_handed_in(world: World) -> None:
    begin(world, Purpose.PRACTICE, "two")
    with pytest.raises(NotAllowed) as refusal:
        hand_over(world, name="two", answers={"a": "a = 1"})
    assert refusal.value.code == "only_lent"


def test_test_out_passed_masters_the_lesson_and_opens_the_next(world: World) -> None:
    sitting = begin(world, Purpose.TEST_OUT, "two")
    assert [each.exercise for each in sitting.exercises] == ["a"]
    assert reply(world, "two", 4.0) is JobKind.ATTEMPT
    now = statuses(world)
    assert now["two"] == ("mastered", "You tested out of it.")
    assert now["three"] == ("open", "Open because you reached 100 % in Two.")
    assert now["four"][0] == "locked"
    (ended,) = list_sittings(world.context, learner(), "course")
    assert (ended.ended_at, ended.known) == (NOW, [KnownView(str(key("two")), "Two")])
    told = ["sitting_ended", "lesson_unlocked", "lesson_unlocked", "path_changed"]
    assert kinds(world)[1:] == ["sitting_started", "attempt_submitted", *told]


def test_test_out_failed_loses_nothing_and_waits(world: World) -> None:
    begin(world, Purpose.TEST_OUT, "two")
    before = statuses(world)
    reply(world, "two", 0.0, idempotency_key="first")
    (running,) = list_sittings(world.context, learner(), "course")
    assert (running.ended_at, running.because) == (None, "So far 0 of 1 right.")
    reply(world, "two", 0.0, idempotency_key="second")
    (ended,) = list_sittings(world.context, learner(), "course")
    assert (ended.ended_at, ended.known, ended.because) == (NOW, [], "Not this time. Nothing is lost by it.")
    assert statuses(world) == before
    with pytest.raises(TooSoon) as refusal:
        begin(world, Purpose.TEST_OUT, "two")
    assert refusal.value.code == "test_out_again"
    assert "12 hours" in refusal.value.message
    world.now += timedelta(hours=12)
    assert begin(world, Purpose.TEST_OUT, "two").ended_at is None


def test_answer_from_before_a_test_out_is_no_try_of_it(world: World) -> None:
    reply(world, "one", 0.0)
    world.wait(60)
    begin(world, Purpose.TEST_OUT, "one")
    reply(world, "one", 0.0)
    assert list_sittings(world.context, learner(), "course")[0].ended_at is None


def test_answer_that_cannot_be_graded_is_no_try(world: World) -> None:
    begin(world, Purpose.TEST_OUT, "two")
    for number in range(3):
        sent = submit(world, name="two", idempotency_key=f"key-{number}")
        grade(world, sent.id, reason="timeout")
    assert list_sittings(world.context, learner(), "course")[0].ended_at is None


def place(world: World, knows: int) -> SittingView:
    """Take a placement as somebody who can do so many of the lessons."""
    sitting = begin(world, Purpose.PLACEMENT)
    while sitting.ended_at is None:
        asked = sitting.exercises[-1]
        name = asked.lesson.rpartition("/")[2]
        if PLACES.index(name) < knows:
            reply(world, name, 4.0)
            (sitting,) = list_sittings(world.context, learner(), "course")
        else:
            where = {"lesson": key(name), "exercise": asked.exercise}
            sitting = skip_question(world.context, learner(), "course", sitting.id, **where)
    return sitting


@pytest.mark.parametrize("knows", [0, 2, 5])
def test_placement_opens_what_is_known(world: World, knows: int) -> None:
    ended = place(world, knows)
    assert [each.lesson for each in ended.known] == [str(key(name)) for name in PLACES[:knows]]
    assert len(ended.exercises) <= len(PLACES)
    now = statuses(world)
    opened = (*PLACES, "read")[knows]
    assert now[opened][0] in ("open", "in_progress")
    assert all(now[name][0] == "mastered" for name in PLACES[:knows])
    later = (*PLACES, "read")[knows + 1 :]
    assert all(now[name][0] == "locked" for name in later)


def test_placement_logs_what_every_question_would_have_told(world: World) -> None:
    begin(world, Purpose.PLACEMENT)
    (asked,) = [event for event in world.log() if event.kind == "question_asked"]
    assert set(asked.data["bits"]) == {str(key(name)) for name in PLACES}
    assert asked.data["bits"][str(asked.lesson)] == max(asked.data["bits"].values())


def test_what_lasts_is_returned_and_not_begun_again(world: World) -> None:
    first = begin(world, Purpose.PRACTICE, "two")
    assert begin(world, Purpose.PRACTICE, "two") == first
    assert kinds(world).count("sitting_started") == 1


def test_sitting_ended_by_its_learner_lends_nothing(world: World) -> None:
    sitting = begin(world, Purpose.PRACTICE, "two")
    ended = end_sitting(world.context, learner(), "course", sitting.id)
    assert (ended.ended_at, ended.known) == (NOW, [])
    assert end_sitting(world.context, learner(), "course", sitting.id) == ended
    with pytest.raises(LessonLocked):
        open_lesson(world.context, learner(), "course", key("two"))


@pytest.mark.parametrize(
    ("purpose", "name", "kind", "code"),
    [
        (Purpose.PRACTICE, "", Invalid, "bad_purpose"),
        (Purpose.PLACEMENT, "one", Invalid, "bad_purpose"),
        (Purpose.COUNTS, "one", Invalid, "bad_purpose"),
        (Purpose.PRACTICE, "one", Conflict, "already_open"),
        (Purpose.PRACTICE, "nine", NotFound, "unknown_lesson"),
        (Purpose.TEST_OUT, "read", Invalid, "nothing_to_ask"),
    ],
)
def test_what_cannot_be_taken_on_is_refused(
    world: World, purpose: Purpose, name: str, kind: type[CourseError], code: str
) -> None:
    with pytest.raises(CourseError) as refusal:
        begin(world, purpose, name)
    assert (type(refusal.value), refusal.value.code) == (kind, code)
    assert list_sittings(world.context, learner(), "course") == []


def test_course_that_goes_by_points_keeps_its_locks(world: World) -> None:
    with world.storage() as work:
        found = work.courses.find("course")
        assert found is not None
        work.courses.put(replace(found, mastery=None))
    for purpose, name in ((Purpose.PRACTICE, "two"), (Purpose.TEST_OUT, "two"), (Purpose.PLACEMENT, "")):
        with pytest.raises(NotAllowed) as refusal:
            begin(world, purpose, name)
        assert refusal.value.code == "no_own_ways"


def test_mastered_lesson_cannot_be_tested_out_of(world: World) -> None:
    reply(world, "one", 4.0)
    with pytest.raises(Conflict) as refusal:
        begin(world, Purpose.TEST_OUT, "one")
    assert refusal.value.code == "already_known"


def test_staff_lock_wins_over_what_was_taken_on(world: World) -> None:
    begin(world, Purpose.PRACTICE, "two")
    decide = {"action": Action.LOCK, "reason": "Exam tomorrow.", "learner": TRAP}
    override(world.context, INSTRUCTOR, "course", key("two"), **decide)
    with pytest.raises(LessonLocked):
        open_lesson(world.context, learner(), "course", key("two"))
    with pytest.raises(NotAllowed) as refusal:
        begin(world, Purpose.TEST_OUT, "two")
    assert refusal.value.code == "locked_by_staff"


def test_staff_reset_takes_back_what_was_known(world: World) -> None:
    begin(world, Purpose.TEST_OUT, "two")
    reply(world, "two", 4.0)
    world.now += timedelta(minutes=1)
    decide = {"action": Action.RESET, "reason": "Copied.", "learner": TRAP}
    override(world.context, INSTRUCTOR, "course", key("two"), **decide)
    assert statuses(world)["two"][0] == "locked"
    assert statuses(world)["three"][0] == "locked"


def test_staff_see_what_everybody_took_on(world: World) -> None:
    mine = begin(world, Purpose.PRACTICE, "two")
    theirs = take_on(world.context, learner("someone"), "course", Purpose.TEST_OUT, key("one"))
    assert list_all_sittings(world.context, grader(), "course") == [theirs, mine]
    with pytest.raises(NotAllowed):
        list_all_sittings(world.context, learner(), "course")


def test_sitting_of_somebody_else_does_not_exist(world: World) -> None:
    mine = begin(world, Purpose.PLACEMENT)
    with pytest.raises(NotFound) as refusal:
        end_sitting(world.context, learner("someone"), "course", mine.id)
    assert refusal.value.code == "unknown_sitting"


def test_question_that_is_not_asked_cannot_be_skipped(world: World) -> None:
    sitting = begin(world, Purpose.PLACEMENT)
    with pytest.raises(Conflict) as refusal:
        skip_question(world.context, learner(), "course", sitting.id, lesson=key("one"), exercise="zzz")
    assert refusal.value.code == "not_asked"
    end_sitting(world.context, learner(), "course", sitting.id)
    with pytest.raises(Conflict) as refusal:
        skip_question(world.context, learner(), "course", sitting.id, lesson=key("one"), exercise="a")
    assert refusal.value.code == "sitting_ended"
