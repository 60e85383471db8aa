"""What learners and staff see of hidden tests by a course's policy, in every view."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from support.contexts import World, grader, learner
from support.courses import MODULE, NOW, course, key, lesson, version
from support.doing import hand_over, submit
from support.notebooks import answer, check, notebook, written

from trailbook.domain.course import GradingRules, HiddenVerdicts, Module
from trailbook.domain.errors import LessonLocked
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.find_attempt import find_attempt, list_attempts
from trailbook.services.grading_context import GradingContext
from trailbook.services.open_lesson import open_lesson
from trailbook.services.ports import LessonToGrade
from trailbook.services.run_job import run_job
from trailbook.services.view_events import list_events
from trailbook.services.view_home import view_home
from trailbook.services.view_path import view_path
from trailbook.services.views import HiddenView, TestView, as_json

DUE = NOW + timedelta(days=1)
SECRET = "Secret message"
SEEN = TestView("seen", passed=True, score=4.0, max_score=4.0, message="")


class ScriptedGrader:
    """Gives the visible test full points, and the hidden one what is said."""

    def __init__(self) -> None:
        self.hidden_score = 0.0

    def grade(self, lesson: LessonToGrade, answers: Any, **_: Any) -> GradingResult:
        hidden = TestResult("hid", self.hidden_score, 6.0, "" if self.hidden_score else SECRET, hidden=True)
        reason = "" if self.hidden_score else "timeout"
        return GradingResult(Verdict.GRADED, (TestResult("seen", 4, 4.0), hidden), reason=reason, seconds=2.0)


@pytest.fixture
def marker() -> ScriptedGrader:
    return ScriptedGrader()


@pytest.fixture
def world() -> World:
    return make_world()


def make_world() -> World:
    """Return a course whose second lesson needs the first: a visible test, a hidden one, a written answer."""
    world = World()
    source = notebook(answer("a"), check("seen", points=4), check("hid", points=6), written("w", "Write.", points=2))
    hiding = version("one", source)
    first = replace(hiding.exercises[0], hidden_tests=("hid",), hidden_points=6.0)
    with world.storage() as work:
        work.courses.put(course(lesson("one", pass_share=0.6), lesson("two", requires=["one"])))
        work.versions.add(replace(hiding, exercises=(first, *hiding.exercises[1:])))
        work.versions.add(version("two", notebook(answer("b"), check("b-test"))))
    return world


def rule(world: World, verdicts: HiddenVerdicts, *, due: datetime | None = DUE) -> None:
    with world.storage() as work:
        found = work.courses.find("course")
        assert found is not None
        modules = (Module(MODULE, "Module", found.modules[0].lessons, due),)
        work.courses.put(replace(found, modules=modules, rules=GradingRules(hidden_verdicts=verdicts)))


def grade_all(world: World, marker: ScriptedGrader) -> None:
    jobs = GradingContext(world.storage, world, world.context.clock, marker, {}, lease_seconds=60, max_tries=3)  # type: ignore[arg-type]  # only `grade` is asked for
    for attempt_id in world.dispatched:
        run_job(jobs, attempt_id)
    world.dispatched.clear()


def everything(world: World) -> Any:
    """Return all a learner can ask for, as it is sent."""
    me = learner()
    attempts = list_attempts(world.context, me, "course", key("one"))
    return as_json(
        [
            attempts,
            [find_attempt(world.context, me, each.id) for each in attempts],
            open_lesson(world.context, me, "course", key("one")),
            view_home(world.context, me),
            view_path(world.context, me, "course"),
            list_events(world.context, me, after=0),
        ]
    )


@pytest.mark.parametrize("verdicts", [HiddenVerdicts.NEVER, HiddenVerdicts.AFTER_DUE])
def test_no_view_of_a_learner_tells_how_hidden_tests_went(verdicts: HiddenVerdicts, marker: ScriptedGrader) -> None:
    seen = []
    for score in (0.0, 6.0):
        fresh = make_world()
        rule(fresh, verdicts)
        marker.hidden_score = score
        submit(fresh)
        grade_all(fresh, marker)
        hand_over(fresh, answers={"a": "a = 1"})
        grade_all(fresh, marker)
        seen.append(everything(fresh))
        assert submit(fresh).score == 0, "nor does the same request again"
    assert seen[0] == seen[1]
    assert SECRET not in str(seen)


def test_view_without_a_policy_tells_all(world: World, marker: ScriptedGrader) -> None:
    sent = submit(world)
    grade_all(world, marker)
    view = find_attempt(world.context, learner(), sent.id)
    assert [(each.grade_id, each.message) for each in view.tests] == [("seen", ""), ("hid", SECRET)]
    assert (view.score, view.max_score, view.reason, view.hidden) == (4.0, 10.0, "timeout", None)
    with pytest.raises(LessonLocked, match="Opens when you reach"):
        open_lesson(world.context, learner(), "course", key("two"))


def test_withheld_attempt_shows_visible_tests_and_says_what_is_not_shown(world: World, marker: ScriptedGrader) -> None:
    rule(world, HiddenVerdicts.AFTER_DUE)
    sent = submit(world)
    world.wait(0.25)
    grade_all(world, marker)
    view = find_attempt(world.context, learner(), sent.id)
    assert (view.score, view.max_score, view.tests) == (4.0, 10.0, [SEEN])
    assert (view.reason, view.message, view.graded_at) == ("", "", NOW)
    assert view.hidden == HiddenView(1, 6.0, DUE)
    (exercise, other) = open_lesson(world.context, learner(), "course", key("one")).exercises
    assert (exercise.score, exercise.max_score, exercise.tests, exercise.latest) == (4.0, 10.0, [SEEN], None)
    assert exercise.hidden == HiddenView(1, 6.0, DUE)
    assert other.hidden is None


def test_path_follows_the_tests_that_are_shown(world: World, marker: ScriptedGrader) -> None:
    rule(world, HiddenVerdicts.NEVER)
    submit(world)
    grade_all(world, marker)
    path = view_path(world.context, learner(), "course")
    assert (path.score, path.max_score) == (4.0, 7.0), "lesson one with 4 and 2 points, lesson two with 1"
    assert path.modules[0].lessons[1].because == "Open because you reached 66 % in One."


def test_after_the_due_time_everything_is_shown(world: World, marker: ScriptedGrader) -> None:
    rule(world, HiddenVerdicts.AFTER_DUE)
    sent = submit(world)
    grade_all(world, marker)
    world.now = DUE
    view = find_attempt(world.context, learner(), sent.id)
    assert ([each.grade_id for each in view.tests], view.score, view.hidden) == (["seen", "hid"], 4.0, None)
    (exercise, _) = open_lesson(world.context, learner(), "course", key("one")).exercises
    assert (exercise.score, exercise.max_score, exercise.hidden) == (4.0, 10.0, None)


def test_staff_see_a_learners_attempt_whole(world: World, marker: ScriptedGrader) -> None:
    rule(world, HiddenVerdicts.NEVER)
    sent = submit(world)
    grade_all(world, marker)
    view = find_attempt(world.context, grader(), sent.id)
    assert [(each.grade_id, each.message) for each in view.tests] == [("seen", ""), ("hid", SECRET)]
    assert (view.reason, view.hidden) == ("timeout", None)


def test_events_do_not_carry_what_the_log_keeps_of_a_withheld_result(world: World, marker: ScriptedGrader) -> None:
    rule(world, HiddenVerdicts.NEVER)
    submit(world)
    grade_all(world, marker)
    _, events = list_events(world.context, learner(), after=0)
    (graded,) = [event for event in events if event.kind == "attempt_graded"]
    assert (graded.data["reason"], graded.data["verdict"]) == ("", "graded")
    assert graded.data["attempt"]["hidden"] == {"tests": 1, "points": 6.0, "until": None}
