"""Decisions are noted when they change, and a learner's pages are told what concerns them."""

from __future__ import annotations

from support.contexts import World, learner
from support.courses import MODULE, NOW, TRAP, course, key, lesson
from support.doing import grade, submit

from trailbook.domain.path import Status
from trailbook.services.decide import update_path
from trailbook.services.open_lesson import open_lesson
from trailbook.services.ports import Decision, Event
from trailbook.services.report_events import report_events
from trailbook.services.view_events import MAX_EVENTS, last_event_id, list_events


def pass_lesson_one(world: World) -> None:
    for exercise in ("a", "b"):
        sent = submit(world, exercise=exercise, answers={exercise: ""}, idempotency_key=exercise)
        grade(world, sent.id, **{f"{exercise}_test": 4.0})


def test_first_decisions_are_noted_without_events(world: World) -> None:
    with world.storage() as work:
        found = work.courses.find("course")
        assert found is not None
        assert update_path(work, found, TRAP, NOW) == []
        locked = "Opens when you reach 80 % in One (you have 0 %)."
        assert work.decisions.latest(TRAP, "course") == {
            key("one"): Decision("course", TRAP, key("one"), Status.OPEN, "Open from the start.", NOW),
            key("two"): Decision("course", TRAP, key("two"), Status.LOCKED, locked, NOW),
            key("three"): Decision(
                "course", TRAP, key("three"), Status.LOCKED, "This lesson is not released yet.", NOW
            ),
        }
        assert update_path(work, found, TRAP, NOW) == []


def test_changed_decisions_are_noted_with_their_events(world: World) -> None:
    open_lesson(world.context, learner(), "course", key("one"))
    world.wait(60)
    pass_lesson_one(world)
    because = "Open because you reached 80 % in One."
    unlocked, moved = world.log()[-2:]
    assert unlocked == Event("lesson_unlocked", world.now, "course", TRAP, key("two"), data={"because": because})
    changed = {f"{MODULE}/one": "mastered", f"{MODULE}/two": "open"}
    assert moved == Event("path_changed", world.now, "course", TRAP, data={"lessons": changed})
    with world.storage(read_only=True) as work:
        latest = work.decisions.latest(TRAP, "course")
    assert latest[key("two")] == Decision("course", TRAP, key("two"), Status.OPEN, because, world.now)


def test_new_lesson_is_told_as_open(world: World) -> None:
    open_lesson(world.context, learner(), "course", key("one"))
    with world.storage() as work:
        work.courses.put(course(lesson("one"), lesson("four")))
        work.versions.add(_released(work.versions.find_latest("course", key("one")), "four"))
        found = work.courses.find("course")
        assert found is not None
        assert [event.kind for event in update_path(work, found, TRAP, NOW)] == ["lesson_unlocked", "path_changed"]


def _released(version: object, name: str) -> object:
    return type(version)(**{**vars(version), "lesson": key(name)})


def test_events_are_shown_with_the_state_of_now(world: World) -> None:
    open_lesson(world.context, learner(), "course", key("one"))
    begin = last_event_id(world.context)
    pass_lesson_one(world)
    last, shown = list_events(world.context, learner(), after=begin)
    assert last == last_event_id(world.context)
    assert [event.kind for event in shown] == ["lesson_unlocked", "path_changed"]
    unlocked = shown[0]
    assert (unlocked.course, unlocked.lesson, unlocked.data["because"]) == (
        "course",
        f"{MODULE}/two",
        "Open because you reached 80 % in One.",
    )
    assert unlocked.data["lesson"]["status"] == "open"
    assert list_events(world.context, learner(), after=last) == (last, [])


def test_graded_attempt_is_shown_with_its_exercise_and_lesson(world: World) -> None:
    sent = submit(world)
    grade(world, sent.id, a_test=3)
    event = Event("attempt_graded", NOW, "course", TRAP, key("one"), "a", data={"attempt": sent.id})
    with world.storage() as work:
        work.events.append(event)
    (shown,) = list_events(world.context, learner(), after=0)[1]
    assert shown.data["attempt"]["score"] == 3.0
    assert (shown.data["exercise"]["id"], shown.data["exercise"]["state"]) == ("a", "graded")
    assert (shown.data["lesson"]["score"], shown.data["lesson"]["key"]) == (3.0, f"{MODULE}/one")


def test_events_of_others_and_untrusted_ones_are_not_shown(world: World) -> None:
    pass_lesson_one(world)
    report_events(world.context, learner(), "course", key("one"), [{"kind": "run"}])
    with world.storage() as work:
        work.events.append(Event("lesson_released", NOW, "other", "", key("one")))
        released = work.events.append(Event("lesson_released", NOW, "course", "", key("one"), data={"version": 2}))
        work.events.append(Event("attempt_graded", NOW, "course", TRAP, key("one"), trusted=False))
    last, shown = list_events(world.context, learner("eve"), after=0)
    assert [(event.id, event.kind) for event in shown] == [(released.id, "lesson_released")]
    assert last == released.id
    assert list_events(world.context, learner(of="elsewhere"), after=0)[1] == []
    assert "attempt_graded" not in [event.kind for event in list_events(world.context, learner(), after=0)[1]]


def test_page_that_was_away_for_long_gets_the_newest_events(world: World) -> None:
    with world.storage() as work:
        ids = [work.events.append(Event("path_changed", NOW, "course", TRAP)).id for _ in range(MAX_EVENTS * 4)]
    last, shown = list_events(world.context, learner(), after=0)
    assert (last, [event.id for event in shown]) == (ids[-1], ids[-MAX_EVENTS:])
