"""What is next, from everything the database knows of a learner."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.contexts import World, learner
from support.courses import TRAP, course, key, lesson, version
from support.doing import grade, submit
from support.notebooks import answer, check, notebook

from trailbook.adapters.fsrs import FsrsForgetting
from trailbook.domain.course import Lesson, MasteryRules
from trailbook.domain.formats import Format
from trailbook.domain.path import Status
from trailbook.domain.preferences import Preferences
from trailbook.domain.recommending import Recommendation, StepKind
from trailbook.services.ports import Event
from trailbook.services.recommend_next import recommend_for
from trailbook.services.reviews import start_review
from trailbook.services.skill_views import skill_views
from trailbook.services.standing import Standing, standing_of
from trailbook.services.view_path import view_path

DAY = 86_400
PRACTICE = notebook(answer("a"), check("a-test", points=4))
READING = notebook()


def teaching(name: str, *requires: str) -> Lesson:
    """A lesson that teaches a skill of its own."""
    return replace(lesson(name, requires=requires), teaches=(f"{name} skill",))


@pytest.fixture
def world() -> World:
    """One lesson, two that require it, one of them only read."""

    world = World()
    with world.storage() as work:
        work.courses.put(course(teaching("one"), teaching("left", "one"), teaching("right", "one")))
        for name, content in (("one", PRACTICE), ("left", PRACTICE), ("right", READING)):
            work.versions.add(version(name, content))
    return world


def recommended(world: World) -> tuple[Standing, Recommendation]:
    with world.storage(read_only=True) as work:
        found = work.courses.find("course")
        assert found is not None
        standing = standing_of(work, found, TRAP, now=world.now)
        return recommend_for(work, standing, forgetting=FsrsForgetting(), now=world.now)


def master_one(world: World) -> None:
    attempt = submit(world)
    grade(world, attempt.id, a_test=4.0)


def chances(world: World) -> dict[str, float]:
    """Probability of each lesson that is proposed."""
    return {each.lesson.key.name: each.probability for each in recommended(world)[1].alternatives if each.lesson}


def answer_wrong(world: World, name: str) -> None:
    attempt = submit(world, name=name, idempotency_key=name)
    grade(world, attempt.id, a_test=0.0)


def repaired(world: World) -> list[str]:
    """Why each repair is proposed."""
    return [each.because for each in recommended(world)[1].alternatives if each.kind is StepKind.REPAIR]


def test_seed_changes_with_the_answers_and_not_with_the_looks(world: World) -> None:
    _, first = recommended(world)
    assert (first.seed, recommended(world)[1]) == (f"course/{TRAP}/0", first)
    master_one(world)
    assert recommended(world)[1].seed == f"course/{TRAP}/1"


def test_review_is_next_and_its_lesson_is_due_after_a_month(world: World) -> None:
    master_one(world)
    world.wait(30 * DAY)
    standing, found = recommended(world)
    assert found.chosen is not None
    assert (found.chosen.kind, found.chosen.skills) == (StepKind.REVIEW, ("one skill",))
    assert standing.statuses[key("one")].status is Status.DUE
    assert standing.statuses[key("left")].is_open


def test_review_is_shown_on_the_path_and_logged_with_its_alternatives_once_started(world: World) -> None:
    with world.storage() as work:
        found = work.courses.find("course")
        assert found is not None
        work.courses.put(replace(found, mastery=MasteryRules()))
    world.storage.learner_models.forgetting = FsrsForgetting()
    master_one(world)
    world.wait(30 * DAY)
    path = view_path(world.context, learner(), "course")
    assert path.next is not None
    assert (path.next.kind, path.next.title, path.next.lesson) == ("review", "Review one skill", str(key("one")))
    assert next((each.key, each.status) for each in path.modules[0].lessons) == (str(key("one")), "due")
    start_review(world.context, learner(), "course", minutes=10)
    with world.storage(read_only=True) as work:
        choice = work.choices.latest(TRAP, "course")
    assert choice is not None
    assert choice.chosen == "review"
    assert [each["probability"] for each in choice.record["alternatives"]] == [1.0, 0.0, 0.0]


def test_forgetting_lowers_the_mastery_that_is_shown_and_says_so(world: World) -> None:
    master_one(world)
    (fresh,) = skill_views(recommended(world)[0], now=world.now)[:1]
    assert fresh.evidence == "You solved 1 of 1 on one skill, last today."
    world.wait(30 * DAY)
    (faded,) = skill_views(recommended(world)[0], now=world.now)[:1]
    assert 0.6 < faded.mastery / fresh.mastery < 0.7
    assert faded.evidence == (
        "You solved 1 of 1 on one skill, last on 1 March. You last practised one skill 30 days ago. As with everybody "
        "some of it fades: about 7 in 10 is still there, and a few minutes bring the rest back."
    )


def test_preference_makes_its_format_likelier_among_equals(world: World) -> None:
    master_one(world)
    assert chances(world) == {"left": 0.5, "right": 0.5}
    with world.storage() as work:
        work.preferences.put(TRAP, "course", Preferences(first=Format.READ))
    assert chances(world) == {"left": 0.25, "right": 0.75}


def test_goal_of_the_learner_comes_first(world: World) -> None:
    master_one(world)
    with world.storage() as work:
        work.preferences.put(TRAP, "course", Preferences(goal=key("left")))
    assert chances(world) == {"left": 1.0, "right": 0.0}


def test_too_hard_is_believed_until_the_next_answer(world: World) -> None:
    master_one(world)
    with world.storage() as work:
        work.progress.mark_started(TRAP, "course", key("left"))
        work.events.append(Event("too_hard", world.now, "course", TRAP, key("left")))
        work.events.append(Event("too_hard", world.now, "course", "another", key("right")))
    assert repaired(world) == ["You said that Left is too hard. It builds on one skill, which this lesson teaches."]
    world.wait(60)
    answer_wrong(world, "left")
    assert repaired(world) == []
