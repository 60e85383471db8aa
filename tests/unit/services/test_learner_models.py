"""Live learner models: the same as one made anew from the log, whatever happened to the log."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.courses import TRAP, attempt, key, version
from support.notebooks import answer, check, notebook
from support.skilled import EXERCISES, School, item, skilled

from trailbook.domain.course import GradingRules, HiddenVerdicts
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.knowledge import Tally
from trailbook.domain.mastery.models import MODELS
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.learner_models import LearnerModels
from trailbook.services.ports import JobKind, JobStatus, UnitOfWork
from trailbook.services.ports.models import ModelVersion

SHARES = st.sampled_from((0.0, 0.5, 1.0))
WHO = st.sampled_from((TRAP, "ida"))
STEPS = st.one_of(
    st.tuples(st.just("answered"), st.sampled_from(EXERCISES), SHARES, WHO),
    st.tuples(st.just("regraded"), st.integers(0, 20), SHARES, WHO),
    st.tuples(st.just("judged"), st.sampled_from(("a", "w")), SHARES, WHO),
    st.tuples(st.just("hinted"), st.sampled_from(EXERCISES), SHARES, WHO),
    st.tuples(st.just("undone"), st.sampled_from(EXERCISES), SHARES, WHO),
    st.tuples(st.just("looked"), st.just("a"), SHARES, WHO),
)


class _UndoneError(Exception):
    """Ends a transaction that is not to be."""


def shares(school: School) -> list[tuple[str, float, int]]:
    with school.storage(read_only=True) as work:
        found = work.learner_models.answers(work, school.course, now=school.now)
    return [(each.item, each.share, each.hints) for each in found]


def take(school: School, kind: str, what: object, share: float, who: str) -> None:
    with school.storage() as work:
        if kind in ("answered", "undone"):
            school.answered(work, str(what), share, who=who)
        if kind == "undone":
            school.known(work, who)
            raise _UndoneError
        if kind == "regraded" and (sent := [each.attempt for each in work.graded.after("course", 0)]):
            school.graded(work, sent[int(str(what)) % len(sent)], share)
        if kind == "judged":
            school.judged(work, str(what), share, who=who)
        if kind == "hinted":
            school.hinted(work, str(what), who=who)
        if kind == "looked":
            school.known(work, who)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, max_size=14), model=st.sampled_from(sorted(MODELS)))
def test_live_model_is_the_model_made_anew(steps: list[tuple[str, object, float, str]], model: str) -> None:
    school = School(course=skilled(model=model))
    for step in steps:
        with suppress(_UndoneError):
            take(school, *step)
    with school.storage(read_only=True) as work:
        anew = LearnerModels()
        for who in (TRAP, "ida"):
            assert school.known(work, who) == school.known(work, who, models=anew)


def test_answer_counts_in_the_transaction_that_stores_it() -> None:
    school = School()
    with school.storage() as work:
        before = school.known(work).skills["filtering"].probability
        school.answered(work, "a", 1.0)
        after = school.known(work)
    assert after.tallies == {"filtering": Tally(1, 1, school.now.timestamp())}
    assert after.skills["filtering"].probability > before
    assert (after.answers, after.recent) == (1, (key("one"),))


def test_undone_answer_is_forgotten() -> None:
    school = School()
    with pytest.raises(_UndoneError):
        take(school, "undone", "a", 1.0, TRAP)
    assert shares(school) == []


def test_regrade_takes_the_place_of_the_first_grading() -> None:
    school = School()
    with school.storage() as work:
        first = school.answered(work, "a", 0.0)
        school.answered(work, "b", 0.5)
    assert shares(school) == [(item("a"), 0.0, 0), (item("b"), 0.5, 0)]
    with school.storage() as work:
        school.graded(work, first, 1.0)
    assert shares(school) == [(item("a"), 1.0, 0), (item("b"), 0.5, 0)]


def test_persons_score_wins_in_the_last_answer_and_from_then_on() -> None:
    school = School()
    with school.storage() as work:
        school.answered(work, "a", 0.0)
        school.answered(work, "a", 0.25)
        school.judged(work, "a", 0.5)
        school.answered(work, "a", 0.0)
    assert [share for _, share, _ in shares(school)] == [0.0, 0.5, 0.5]


def test_exercise_a_person_grades_is_evidence_until_the_grade_is_taken_back() -> None:
    school = School()
    with school.storage() as work:
        school.judged(work, "w", 0.5)
    assert shares(school) == [(item("w"), 0.5, 0)]
    with school.storage() as work:
        school.judged(work, "w", None)
    assert shares(school) == []


def test_hints_before_an_answer_are_counted_with_it() -> None:
    school = School()
    with school.storage() as work:
        school.answered(work, "a", 0.0)
        school.hinted(work, "a")
        school.hinted(work, "b")
        school.answered(work, "a", 1.0)
    assert shares(school) == [(item("a"), 0.0, 0), (item("a"), 1.0, 1)]


def test_lesson_handed_in_is_evidence_of_what_was_answered_anew() -> None:
    school = School()
    with school.storage() as work:
        school.answered(work, "a", 0.5)
        answers = {"a": "x = 1", "b": "x = 2", "c": "", "w": "Because."}
        work.attempts.add(attempt("all", kind=JobKind.SUBMISSION, exercise=None, answers=answers))
        tests = tuple(TestResult(f"{name}-test", 2.0, 4.0) for name in EXERCISES)
        work.attempts.finish("all", JobStatus.DONE, GradingResult(Verdict.NEEDS_REVIEW, tests), now=school.now)
    assert shares(school) == [(item("a"), 0.5, 0), (item("b"), 0.5, 0)]


def test_grading_that_ended_before_the_tests_says_nothing() -> None:
    school = School()
    with school.storage() as work:
        work.attempts.add(attempt("slow"))
        work.attempts.finish(
            "slow", JobStatus.DONE, GradingResult(Verdict.UNGRADABLE, reason="timeout"), now=school.now
        )
    assert shares(school) == []


def test_solving_again_is_evidence_only_the_next_day() -> None:
    school = School()
    with school.storage() as work:
        school.answered(work, "a", 1.0)
        school.answered(work, "a", 1.0)
        school.now += timedelta(hours=13)
        school.answered(work, "a", 1.0)
    assert len(shares(school)) == 2


def test_hidden_verdicts_say_nothing_before_they_may_be_shown() -> None:
    source = notebook(answer("a"), check("a-test", points=4))
    plan = skilled()
    due = School().now + timedelta(days=1)
    module = replace(plan.modules[0], due=due)
    rules = GradingRules(hidden_verdicts=HiddenVerdicts.AFTER_DUE)
    school = School(course=replace(plan, modules=(module,), rules=rules))
    hidden = version("one", source, number=2)
    exercises = tuple(replace(each, hidden_tests=("a-test",), hidden_points=4.0) for each in hidden.exercises)
    with school.storage() as work:
        work.versions.add(replace(hidden, exercises=exercises))
        _answer_version_two(school, work)
    assert shares(school) == []
    school.now = due
    assert shares(school) == [(item("a"), 1.0, 0)]


def _answer_version_two(school: School, work: UnitOfWork) -> None:
    work.attempts.add(attempt("second", version=2, answers={"a": "a = 2"}))
    school.graded(work, "second", 1.0)


def test_tests_that_changed_have_another_name() -> None:
    school = School()
    with school.storage() as work:
        harder = notebook(answer("a"), check("a-test", "assert x == 2", points=4))
        work.versions.add(version("one", harder, number=2))
        school.answered(work, "a", 0.5)
        _answer_version_two(school, work)
        names = [each.tests for each in work.learner_models.answers(work, school.course, now=school.now)]
    assert None not in names
    assert names[0] != names[1]


def test_new_version_of_the_model_is_taken_up() -> None:
    school = School()
    with school.storage() as work:
        school.answered(work, "a", 1.0)
        counts = school.known(work)
        work.models.append(ModelVersion("course", 1, Fitted("counts"), 0, "Better.", "ida", school.now))
        assert school.known(work) == counts
        school.course = replace(school.course, mastery=skilled(model="elo").mastery)
        assert school.known(work) != counts
