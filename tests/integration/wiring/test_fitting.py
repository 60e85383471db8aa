"""Fitting on a course's own answers in a database: what changes on paths, what is applied, and undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.courses import NOW, attempt, course, key, lesson, version
from support.learning import log_of_learners
from support.notebooks import answer, check, notebook

from trailbook.adapters.storage import open_storage
from trailbook.config import load_settings
from trailbook.domain.course import Course, MasteryRules
from trailbook.domain.errors import Conflict, NotFound
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.weights import SHIPPED
from trailbook.domain.path import Status
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.decide import update_path
from trailbook.services.ports import JobStatus
from trailbook.services.ports.models import ModelVersion
from trailbook.wiring.fitting import CourseFitting

ITEMS = 12
LEARNERS, ANSWERS = 20, 50
ONE = replace(lesson("one"), teaches=("filtering",))
TWO = replace(lesson("two", requires=("one",)), teaches=("grouping",))
COURSE = replace(course(ONE, TWO), mastery=MasteryRules(threshold=0.7))
EXERCISES = [f"i{number}" for number in range(ITEMS)]
SURE = dict.fromkeys(("base", "item", "skill", "learner", "skill_of_learner"), 1e-6)
GENEROUS = Fitted("counts", replace(SHIPPED, practice_right=3.0, lapse=3.0, **SURE))
"""A model that thinks practice and time do wonders, and that nobody can tell otherwise."""


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of a database in which twenty learners answered fifty times each, half a day and more apart."""
    env = {"TRAILBOOK_STATE_FOLDER": str(tmp_path_factory.mktemp("learned") / "the state")}
    storage = open_storage(load_settings(env=env).database)
    cells = [cell for name in EXERCISES for cell in (answer(name), check(f"{name}-test"))]
    with storage() as work:
        work.courses.put(COURSE)
        work.versions.add(version("one", notebook(*cells)))
        work.versions.add(version("two", notebook(answer("z"), check("z-test"))))
        for number, given in enumerate(log_of_learners(LEARNERS, ANSWERS, practice=0.0, items=ITEMS, skills=1)):
            at = NOW - timedelta(days=LEARNERS * ANSWERS - number)
            name = f"a{number}"
            sent = attempt(name, learner=given.learner, exercise=given.item, answers={given.item: name})
            work.attempts.add(replace(sent, created_at=at))
            work.attempts.lease(name, now=at, until=at)
            result = GradingResult(Verdict.GRADED, tests=(TestResult(f"{given.item}-test", given.share, 1.0, ""),))
            work.attempts.finish(name, JobStatus.DONE, result, now=at)
            work.progress.mark_started(given.learner, "course", key("one"))
        for learner in work.progress.learners("course"):
            update_path(work, COURSE, learner, NOW)
    storage.close()
    return env


@pytest.fixture
def fitting(learned: dict[str, str]) -> Iterator[CourseFitting]:
    with closing(CourseFitting(COURSE, learned)) as found:
        yield found


def test_a_course_is_fitted_on_its_own_answers_applied_and_undone(fitting: CourseFitting) -> None:
    proposal = fitting.fit(None, model=None, report=lambda _: None)
    assert (proposal.extent.answers, len(proposal.extent.answers_of)) == (LEARNERS * ANSWERS, LEARNERS)
    assert proposal.running == Fitted("counts")
    assert proposal.comparison.is_better
    assert fitting.changes(proposal.running) == []
    done = fitting.apply(proposal, by="ida")
    assert (done.number, done.fitted, done.by) == (1, proposal.fitted, "ida")
    with pytest.raises(Conflict, match="meanwhile"):
        fitting.apply(proposal, by="ida")
    assert fitting.fit(None, model=None, report=lambda _: None).running == proposal.fitted
    assert fitting.undo(by="ida").fitted == Fitted("counts")


def test_what_a_model_changes_on_paths_is_shown_and_nothing_is_written(fitting: CourseFitting) -> None:
    changes = fitting.changes(GENEROUS)
    assert changes
    assert {(change.lesson.name, change.before, change.after) for change in changes} <= {
        ("one", Status.IN_PROGRESS, Status.MASTERED),
        ("two", Status.LOCKED, Status.OPEN),
    }
    assert all(change.because for change in changes)
    assert [change.learner for change in changes] == sorted(change.learner for change in changes)
    assert fitting.changes(GENEROUS) == changes


def test_a_course_by_points_has_no_path_to_change(learned: dict[str, str]) -> None:
    storage = open_storage(load_settings(env=learned).database)
    by_points = replace(COURSE, name="points", mastery=None)
    with storage() as work:
        work.courses.put(by_points)
    storage.close()
    with closing(CourseFitting(by_points, learned)) as fitting:
        assert fitting.changes(GENEROUS) == []


def test_a_course_that_nobody_released_has_no_answers(tmp_path: Path) -> None:
    unknown: Course = replace(COURSE, name="unknown")
    with closing(CourseFitting(unknown, {"TRAILBOOK_STATE_FOLDER": str(tmp_path)})) as fitting:
        assert fitting.changes(GENEROUS) is None
        with pytest.raises(NotFound, match="nobody has learned"):
            fitting.fit(None, model=None, report=lambda _: None)
        with pytest.raises(NotFound, match="nobody has learned"):
            fitting.undo(by="ida")


def test_a_look_ahead_writes_nothing(fitting: CourseFitting) -> None:
    from trailbook.services.path_changes import InUse

    version = ModelVersion("course", 1, GENEROUS, None, "", "", NOW)
    ahead = InUse(version)
    assert (ahead.latest("course"), ahead.latest("other")) == (version, None)
    assert (list(ahead.all("course")), list(ahead.all("other"))) == ([version], [])
    with pytest.raises(NotImplementedError):
        ahead.append(version)
