"""Instructors decide for a person or a group, and take it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.contexts import World, grader, learner
from support.courses import NOW, TRAP, course, key, lesson, version
from support.doing import grade, submit
from support.notebooks import answer, check, markdown, notebook

from trailbook.domain.course import MasteryRules
from trailbook.domain.errors import Conflict, CourseError, Invalid, NotAllowed, NotFound
from trailbook.domain.overrides import Action
from trailbook.domain.people import Identity, Role
from trailbook.services.open_lesson import open_lesson
from trailbook.services.override_views import OverrideView, WithdrawalView
from trailbook.services.overrides import list_overrides, override, withdraw
from trailbook.services.view_path import view_path

IDA = Identity("ida", {"course": frozenset({Role.INSTRUCTOR})})
GIVEN = OverrideView(1, str(key("two")), "Two", TRAP, "", "open", "was ill", "ida", NOW, None)


COURSE = replace(
    course(lesson("one"), lesson("two", requires=["one"]), lesson("three")), groups={"evening": (TRAP, "ben")}
)


@pytest.fixture
def world() -> World:
    """A course whose second lesson requires the first and whose third is only read, and a learner who began."""
    world = World()
    with world.storage() as work:
        work.courses.put(COURSE)
        for name in ("one", "two"):
            work.versions.add(version(name, notebook(answer("a"), check("a-test"))))
        work.versions.add(version("three", notebook(markdown("Read this."))))
    open_lesson(world.context, learner(), "course", key("one"))
    return world


def path(world: World, name: str = TRAP) -> dict[str, str]:
    found = view_path(world.context, learner(name), "course")
    return {each.name: each.status for module in found.modules for each in module.lessons}


def give(world: World, action: Action = Action.OPEN, *, name: str = "two", who: str = TRAP, group: str = "") -> int:
    given = override(
        world.context, IDA, "course", key(name), action=action, reason=" was ill ", learner=who, group=group
    )
    return given.id


def kinds(world: World) -> list[tuple[str, str, str]]:
    return [(event.kind, event.learner, event.actor) for event in world.log()]


def test_course_of_the_test_locks_its_second_lesson(world: World) -> None:
    assert path(world) == {"one": "in_progress", "two": "locked", "three": "open"}


def test_decision_opens_the_lesson_and_is_in_the_log(world: World) -> None:
    before = len(world.log())
    given = override(world.context, IDA, "course", key("two"), action=Action.OPEN, reason=" was ill ", learner=TRAP)
    assert given == GIVEN
    assert list_overrides(world.context, grader(), "course") == [GIVEN]
    assert path(world) == {"one": "in_progress", "two": "open", "three": "open"}
    assert kinds(world)[before:] == [
        ("override_given", TRAP, "ida"),
        ("lesson_unlocked", TRAP, ""),
        ("path_changed", TRAP, ""),
    ]
    assert [replace(event, id=0) for event in world.published[-3:]] == world.log()[before:]


def test_reason_is_in_no_event(world: World) -> None:
    give(world)
    assert "was ill" not in repr(world.log())


def test_withdrawn_decision_brings_the_path_back_and_stays_in_the_log(world: World) -> None:
    before = path(world)
    given = give(world)
    world.wait(60)
    gone = withdraw(world.context, IDA, "course", given, reason="is back")
    assert gone == replace(GIVEN, withdrawn=WithdrawalView("ida", world.now, "is back"))
    assert list_overrides(world.context, IDA, "course") == [gone]
    assert path(world) == before
    assert ("override_withdrawn", TRAP, "ida") in kinds(world)


def test_decision_for_a_group_is_for_everyone_in_it(world: World) -> None:
    give(world, who="", group="evening")
    assert [path(world, name)["two"] for name in (TRAP, "ben", "cy")] == ["open", "open", "locked"]
    assert [each[1] for each in kinds(world) if each[0] == "override_given"] == [TRAP, "ben"]


def test_locked_lesson_takes_no_answers_though_begun(world: World) -> None:
    give(world, Action.LOCK, name="one")
    with pytest.raises(NotAllowed) as refusal:
        submit(world)
    assert refusal.value.code == "lesson_locked"


def test_same_decision_again_changes_nothing(world: World) -> None:
    first = give(world)
    log = world.log()
    assert give(world) == first
    assert world.log() == log


def test_reset_lets_only_later_work_count(world: World) -> None:
    grade(world, submit(world).id, a_test=4.0)
    reached = view_path(world.context, learner(), "course").score
    assert reached > 0
    world.wait(60)
    given = give(world, Action.RESET, name="one")
    assert view_path(world.context, learner(), "course").score == 0
    world.wait(60)
    grade(world, submit(world, idempotency_key="key-2").id, a_test=2.0)
    assert 0 < view_path(world.context, learner(), "course").score < reached
    withdraw(world.context, IDA, "course", given, reason="a slip")
    assert view_path(world.context, learner(), "course").score == reached


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"reason": "  "}, Invalid, "bad_override"),
        ({"reason": "x" * 1_001}, Invalid, "bad_override"),
        ({"learner": ""}, Invalid, "bad_override"),
        ({"group": "evening"}, Invalid, "bad_override"),
        ({"learner": "bem"}, NotFound, "unknown_learner"),
        ({"learner": "", "group": "evenings"}, NotFound, "unknown_group"),
        ({"lesson": key("nine")}, NotFound, "unknown_lesson"),
    ],
)
def test_decision_that_cannot_be_meant_is_refused(
    world: World, changes: dict[str, object], kind: type[CourseError], code: str
) -> None:
    wanted = {"lesson": key("two"), "action": Action.OPEN, "reason": "why", "learner": TRAP, **changes}
    with pytest.raises(kind) as refusal:
        override(world.context, IDA, "course", **wanted)  # type: ignore[arg-type]  # the table's values are mixed
    assert refusal.value.code == code
    assert list_overrides(world.context, IDA, "course") == []


def test_unknown_name_gets_the_nearest(world: World) -> None:
    with pytest.raises(NotFound, match=r"Did you mean ben\?"):
        give(world, who="bem")


def test_reset_of_what_is_only_read_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        give(world, Action.RESET, name="three")
    assert refusal.value.code == "bad_override"


@pytest.mark.parametrize("who", [learner(), grader()])
def test_only_instructors_decide(world: World, who: Identity) -> None:
    with pytest.raises(NotAllowed) as refusal:
        override(world.context, who, "course", key("two"), action=Action.OPEN, reason="why", learner=TRAP)
    assert refusal.value.code == "not_instructor"


def test_learners_see_no_decisions(world: World) -> None:
    with pytest.raises(NotAllowed) as refusal:
        list_overrides(world.context, learner(), "course")
    assert refusal.value.code == "not_staff"


def test_withdrawing_twice_is_refused(world: World) -> None:
    given = give(world)
    withdraw(world.context, IDA, "course", given, reason="is back")
    with pytest.raises(Conflict) as refusal:
        withdraw(world.context, IDA, "course", given, reason="is back")
    assert refusal.value.code == "already_withdrawn"
    with pytest.raises(NotFound) as unknown:
        withdraw(world.context, IDA, "course", given + 1, reason="is back")
    assert unknown.value.code == "unknown_override"


@pytest.mark.parametrize("mastery", [None, MasteryRules()])
@pytest.mark.parametrize("group", ["", "evening"])
@pytest.mark.parametrize("name", ["one", "two"])
@pytest.mark.parametrize("action", Action)
def test_every_decision_can_be_taken_back(
    world: World, action: Action, name: str, group: str, mastery: MasteryRules | None
) -> None:
    with world.storage() as work:
        work.courses.put(replace(COURSE, mastery=mastery))
    before = path(world)
    world.wait(60)
    given = give(world, action, name=name, who="" if group else TRAP, group=group)
    world.wait(60)
    withdraw(world.context, IDA, "course", given, reason="a slip")
    assert path(world) == before
    world.wait(60)
    open_lesson(world.context, learner(), "course", key("one"))
    assert path(world) == before
