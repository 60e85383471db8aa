"""How results and people's scores change what a learner has reached."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.courses import key

from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.progress import ExerciseProgress, ExerciseState
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.domain.scoring import (
    NOT_GRADED,
    REASONS,
    lesson_progress,
    message_for,
    own_tests,
    progress_after_grading,
    progress_after_review,
)

CODE = Exercise("a", ExerciseKind.CODE, "A", ("a",), ("t", "u"), 3.0)
OTHER = Exercise("b", ExerciseKind.CODE, "B", ("b",), ("v",), 1.0)
ORPHAN = Exercise("x", ExerciseKind.CODE, "X", (), ("x",), 1.0)
WRITTEN = Exercise("w", ExerciseKind.TEXT, "W", ("w",), (), 4.0)
ALL = (CODE, OTHER, ORPHAN, WRITTEN)

GRADED = ExerciseState.GRADED


def result(reason: str = "", verdict: Verdict = Verdict.GRADED, **scores: float) -> GradingResult:
    most = {"t": 1.0, "u": 2.0, "v": 1.0, "x": 1.0}
    return GradingResult(
        verdict, tuple(TestResult(name, score, most[name]) for name, score in scores.items()), reason=reason
    )


def graded(scores: GradingResult, **changes: object) -> ExerciseProgress:
    tests = own_tests(CODE, scores.tests)
    progress = ExerciseProgress("a", GRADED, score=sum(each.score for each in tests), max_score=3.0, tests=tests)
    return replace(progress, **changes)  # type: ignore[arg-type]  # names of fields, checked by the dataclass


def after(before: ExerciseProgress, outcome: GradingResult) -> ExerciseProgress:
    changed = progress_after_grading((CODE,), {"a": before}, outcome, exercise="a")
    return changed[0] if changed else before


def test_attempt_changes_its_own_exercise_and_tests_without_answer() -> None:
    outcome = result(t=1, u=0, v=1, x=1)
    changed = progress_after_grading(ALL, {}, outcome, exercise="a")
    assert changed == (
        graded(outcome),
        ExerciseProgress("x", GRADED, score=1.0, max_score=1.0, tests=(TestResult("x", 1, 1.0),)),
    )


def test_submission_changes_all_and_queues_what_a_person_grades() -> None:
    changed = progress_after_grading(ALL, {}, result(t=1, u=2, v=0, x=0), exercise=None)
    assert [each.exercise for each in changed] == ["a", "b", "x", "w"]
    assert changed[-1] == ExerciseProgress("w", ExerciseState.NEEDS_REVIEW, max_score=4.0)


def test_submission_without_the_written_answer_queues_nothing() -> None:
    changed = progress_after_grading(ALL, {}, result(t=1, u=2, v=0, x=0), exercise=None, unanswered={"w", "a"})
    assert [each.exercise for each in changed] == ["a", "b", "x"]


def test_best_result_stays_with_its_tests() -> None:
    best = graded(result(t=1, u=1))
    assert after(best, result(t=0, u=1.5)) == best
    assert after(best, result(t=0, u=2)) == graded(result(t=0, u=2))


def test_zero_is_shown_as_graded_with_a_message_for_the_reason() -> None:
    assert after(ExerciseProgress("a"), result("timeout", t=0, u=0)) == graded(
        result(t=0, u=0), message=REASONS["timeout"]
    )
    assert after(ExerciseProgress("a"), result("timeout", t=1, u=2)).message == ""


def test_result_without_the_tests_is_never_a_zero() -> None:
    failed = result("grading_failed", Verdict.NEEDS_REVIEW)
    waits = ExerciseProgress("a", ExerciseState.NEEDS_REVIEW, max_score=3.0, message=NOT_GRADED)
    assert after(ExerciseProgress("a"), failed) == waits
    best = graded(result(t=1, u=1))
    assert after(best, failed) == best


def test_new_hand_in_keeps_the_points_until_a_person_looks_again() -> None:
    before = ExerciseProgress("w", GRADED, score=3.0, max_score=4.0, comment="Good.")
    (changed,) = progress_after_grading((WRITTEN,), {"w": before}, result(), exercise=None)
    assert changed == replace(before, state=ExerciseState.NEEDS_REVIEW)


def review(exercise: Exercise, before: ExerciseProgress, **given: object) -> ExerciseProgress:
    values = {"grade_id": exercise.id, "score": None, "comment": "", **given}
    return progress_after_review(exercise, before, **values)  # type: ignore[arg-type]  # checked by the call


def test_review_gives_points_and_comment() -> None:
    waits = ExerciseProgress("w", ExerciseState.NEEDS_REVIEW, max_score=4.0)
    done = ExerciseProgress("w", GRADED, score=3.5, max_score=4.0, comment="Good.")
    assert review(WRITTEN, waits, score=3.5, comment="Good.") == done
    assert review(WRITTEN, done, score=3.5, comment="") == done
    assert review(WRITTEN, waits, comment="I will look.") == replace(waits, comment="I will look.")


def test_withdrawn_points_wait_for_a_person_again() -> None:
    done = ExerciseProgress("w", GRADED, score=3.5, max_score=4.0, comment="Good.")
    assert review(WRITTEN, done) == replace(done, state=ExerciseState.NEEDS_REVIEW, score=0.0)


def test_points_for_an_earlier_answer_confirm_nothing() -> None:
    waits = ExerciseProgress("w", ExerciseState.NEEDS_REVIEW, score=3.5, max_score=4.0)
    assert review(WRITTEN, waits, score=3.5, needs_review=True) == waits
    assert review(WRITTEN, waits, score=3.5).state is GRADED


def test_persons_score_of_a_test_wins_now_and_later() -> None:
    best = graded(result(t=1, u=2))
    overridden = review(CODE, best, grade_id="u", score=0.5, comment="Copied.")
    assert overridden == replace(best, score=1.5, overrides={"u": 0.5}, comment="Copied.")
    assert after(overridden, result(t=1, u=2)) == overridden
    assert after(overridden, result(t=0, u=2)) == overridden
    assert review(CODE, overridden, grade_id="u") == replace(best, comment="Copied.")


def test_persons_score_of_a_test_can_raise_what_was_never_attempted() -> None:
    raised = review(CODE, ExerciseProgress("a"), grade_id="u", score=2.0)
    assert (raised.state, raised.score, raised.max_score) == (GRADED, 2.0, 3.0)
    assert after(raised, result(t=1, u=0)).score == 3.0


def test_comment_on_a_test_changes_no_points() -> None:
    best = graded(result(t=1, u=2))
    assert review(CODE, best, grade_id="t", comment="Neat.") == replace(best, comment="Neat.")


def test_progress_is_matched_to_the_exercises_of_the_release() -> None:
    stored = {"a": graded(result(t=1, u=2)), "gone": ExerciseProgress("gone", GRADED, score=9.0, max_score=9.0)}
    standing = lesson_progress(key("one"), (CODE, WRITTEN), stored, started=True)
    assert standing.exercises == {"a": stored["a"], "w": ExerciseProgress("w", max_score=4.0)}
    assert (standing.score, standing.max_score, standing.share) == (3.0, 7.0, pytest.approx(3 / 7))


def test_lowered_maximum_caps_points_but_extra_credit_stays() -> None:
    smaller = replace(CODE, max_score=2.0)
    assert lesson_progress(key("one"), (smaller,), {"a": graded(result(t=1, u=2))}).score == 2.0
    extra = ExerciseProgress("w", GRADED, score=5.0, max_score=4.0)
    assert lesson_progress(key("one"), (WRITTEN,), {"w": extra}).score == 5.0


def test_every_reason_has_a_sentence() -> None:
    assert message_for("") == ""
    assert message_for("memory") == REASONS["memory"]
    assert message_for("worker_died") == NOT_GRADED


OUTCOMES = st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 1.0, 2.0])), max_size=6)


@given(OUTCOMES, st.booleans())
def test_score_only_grows_with_attempts(outcomes: list[tuple[float, float]], has_override: bool) -> None:
    progress = replace(ExerciseProgress("a"), overrides={"u": 1.0} if has_override else {})
    scores = [0.0]
    for t, u in outcomes:
        progress = after(progress, result(t=t, u=u))
        scores.append(progress.score)
    assert scores == sorted(scores)
    assert scores[-1] == max([0.0, *(t + (1.0 if has_override else u) for t, u in outcomes)])
