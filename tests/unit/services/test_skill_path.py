"""The path of a course whose lessons open by skills, from answers to what Home shows."""

from __future__ import annotations

from dataclasses import replace

from support.contexts import World, learner
from support.courses import MODULE, NOW, TRAP, key, version
from support.skilled import EXERCISES, NOTEBOOK, School

from trailbook.domain.overrides import Action, OverrideEntry
from trailbook.services.decide import update_path
from trailbook.services.open_lesson import open_lesson
from trailbook.services.skill_views import SkillView
from trailbook.services.standing import standing_of
from trailbook.services.view_path import view_path
from trailbook.services.views import CoursePath


def begun() -> tuple[World, School]:
    """Return a world whose learner opened the first lesson of the course of skills."""
    world = World()
    school = School(world.storage)
    open_lesson(world.context, learner(), "course", key("one"))
    return world, school


def solve(world: World, school: School, *exercises: str, share: float = 1.0, name: str = "one") -> None:
    for exercise in exercises:
        with world.storage() as work:
            school.answered(work, exercise, share, name=name)
            update_path(work, school.course, TRAP, school.now)
    world.now = school.now


def path_of(world: World) -> CoursePath:
    return view_path(world.context, learner(), "course")


def statuses(world: World) -> list[str]:
    return [each.status for each in path_of(world).modules[0].lessons]


def test_two_exercises_solved_open_the_next_lesson_long_before_all_points() -> None:
    world, school = begun()
    assert statuses(world) == ["in_progress", "locked", "locked"]
    solve(world, school, "a", "b", "c")
    assert statuses(world) == ["mastered", "open", "locked"]
    unlocked = [event for event in world.log() if event.kind == "lesson_unlocked"]
    assert [(event.lesson, event.data["because"]) for event in unlocked] == [
        (key("two"), "Open because you solved 2 of 2 on Filtering rows.")
    ]


def test_skill_map_says_what_it_goes_by() -> None:
    world, school = begun()
    solve(world, school, "a", "b")
    solve(world, school, "c", share=0.5)
    filtering, joining, plotting = path_of(world).skills
    assert filtering == SkillView(
        name="filtering",
        title="Filtering rows",
        mastery=filtering.mastery,
        held=False,
        solved=2,
        answered=3,
        last_at=school.now,
        evidence="You solved 2 of 3 on Filtering rows, last today.",
        lessons=[f"{MODULE}/one"],
    )
    assert (joining.evidence, plotting.answered) == ("You have not answered anything on joining yet.", 0)


def test_proposal_is_logged_once_with_its_alternatives_and_shown() -> None:
    world, school = begun()
    with world.storage(read_only=True) as work:
        (first,) = work.choices.of_learner(TRAP, "course")
    solve(world, school, "a")
    with world.storage() as work:
        update_path(work, school.course, TRAP, school.now)
        choices = work.choices.of_learner(TRAP, "course")
    assert [each.seed for each in choices] == [f"course/{TRAP}/1", f"course/{TRAP}/0"]
    assert choices[1] == first
    assert first.at == NOW
    (alternative,) = first.record["alternatives"]
    assert (first.chosen, alternative["probability"]) == (f"lesson:{MODULE}/one", 1.0)
    shown = path_of(world).next
    assert shown is not None
    assert (shown.lesson, shown.kind) == (f"{MODULE}/one", "lesson")


def test_reset_lesson_locks_what_it_had_opened() -> None:
    world, school = begun()
    solve(world, school, *EXERCISES)
    assert statuses(world)[1] == "open"
    entry = OverrideEntry("course", key("one"), TRAP, "", Action.RESET, "Copied.", "ida", school.now)
    with world.storage() as work:
        work.overrides.append(entry)
    assert statuses(world) == ["open", "locked", "locked"]


def test_course_that_goes_by_points_has_neither_skills_nor_proposals() -> None:
    world = World()
    school = School(world.storage, replace(School().course, mastery=None))
    solve(world, school, *EXERCISES)
    path = path_of(world)
    assert (path.skills, path.alternatives) == ([], [])
    assert path.next is not None
    with world.storage(read_only=True) as work:
        assert work.choices.latest(TRAP, "course") is None
        assert standing_of(work, school.course, TRAP, now=NOW).knowledge is None


def test_new_exercises_do_not_take_a_lesson_away() -> None:
    world, school = begun()
    solve(world, school, "a", "b", "c")
    with world.storage() as work:
        work.versions.add(replace(version("one", NOTEBOOK, number=2), sha256="another"))
    solve(world, school, *EXERCISES, share=0.0)
    assert statuses(world)[:2] == ["mastered", "open"]
