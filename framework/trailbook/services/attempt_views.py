"""Turns attempts and exercises into what a lesson page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import HiddenPart, Withheld, hidden_part, shown_result
from trailbook.domain.progress import ExerciseProgress, ExerciseState
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.domain.scoring import NOT_GRADED, message_for, own_tests
from trailbook.services.ports import Attempt, JobKind, JobStatus
from trailbook.services.receipts import receipt_of
from trailbook.services.views import AttemptView, ExerciseView, HiddenView, LatestView, TestView

WAITS_FOR_GRADER = "Handed in. A grader will look at your answer."
PENDING = (JobStatus.QUEUED, JobStatus.RUNNING)


def received_view(attempt: Attempt, exercises: Sequence[Exercise]) -> AttemptView:
    """Return an attempt as what was received; a repeated request must not tell more of its result than a look at it."""
    return attempt_view(replace(attempt, result=None, graded_at=None), exercises, withheld=None)


def attempt_view(attempt: Attempt, exercises: Sequence[Exercise], *, withheld: Withheld | None) -> AttemptView:
    """Return an attempt as its learner sees it.

    Parameters
    ----------
    exercises
        Of the version the attempt is graded against.
    withheld
        Whether verdicts of hidden tests are withheld from who asks.
    """
    hidden = _hidden_view(exercises, attempt, withheld) if withheld else None
    if hidden is not None and attempt.result is not None:
        # A time to the microsecond would tell how long the hidden tests took.
        at = attempt.graded_at.replace(microsecond=0) if attempt.graded_at else None
        attempt = replace(attempt, result=shown_result(exercises, attempt.result), graded_at=at)
    counted = [each for each in exercises if attempt.exercise in (None, each.id)]
    result = attempt.result
    tests = [test for each in counted for test in own_tests(each, result.tests)] if result else []
    max_score = sum(each.max_score for each in counted)
    return AttemptView(
        id=attempt.id,
        kind=attempt.kind.value,
        course=attempt.course,
        lesson=str(attempt.lesson),
        exercise=attempt.exercise,
        status=attempt.status.value,
        verdict=result.verdict.value if result else None,
        reason=result.reason if result else "",
        score=sum(test.score for test in tests),
        max_score=max_score,
        tests=[TestView.of(test) for test in tests],
        repaired=result.repaired if result else (),
        message=_message(attempt, result, tests, max_score=max_score),
        created_at=attempt.created_at,
        graded_at=attempt.graded_at,
        hidden=hidden,
        receipt=receipt_of(attempt),
    )


def exercise_views(
    exercises: Sequence[Exercise],
    progress: Mapping[str, ExerciseProgress],
    attempts: Sequence[Attempt],
    *,
    withheld: Withheld | None,
) -> list[ExerciseView]:
    """Return a lesson's exercises with their learner's standing.

    Parameters
    ----------
    progress
        As far as it may be shown, as `standing_of` has it.
    attempts
        The learner's attempts of the lesson, oldest first.
    withheld
        Whether verdicts of hidden tests are withheld.
    """
    return [
        _exercise_view(each, progress.get(each.id, ExerciseProgress(each.id)), attempts, withheld) for each in exercises
    ]


def handed_in_attempt(attempts: Sequence[Attempt]) -> str | None:
    """Return the id of what was handed in last, None where there is no receipt of it."""
    last = next((each for each in reversed(attempts) if each.kind is JobKind.SUBMISSION), None)
    return last.id if last is not None and last.signature else None


def _exercise_view(
    exercise: Exercise, progress: ExerciseProgress, attempts: Sequence[Attempt], withheld: Withheld | None
) -> ExerciseView:
    mine = [each for each in attempts if each.exercise in (None, exercise.id)]
    pending = any(each.status in PENDING for each in mine)
    return ExerciseView(
        id=exercise.id,
        kind=exercise.kind.value,
        title=exercise.title,
        max_score=exercise.max_score,
        answer_cells=exercise.answer_cells,
        test_cells=exercise.test_cells,
        graded_by_person=exercise.graded_by_person,
        state=(ExerciseState.GRADING if pending else progress.state).value,
        score=progress.score,
        message=progress.message,
        comment=progress.comment,
        tests=[TestView.of(test) for test in progress.tests],
        attempt=mine[-1].id if mine else None,
        has_receipt=bool(mine and mine[-1].signature),
        latest=_latest(exercise, progress, mine, withheld),
        hidden=_hidden_view([exercise], mine[-1] if mine else None, withheld) if withheld else None,
    )


def _latest(
    exercise: Exercise, progress: ExerciseProgress, attempts: Sequence[Attempt], withheld: Withheld | None
) -> LatestView | None:
    """Return the latest result where it is worse than the one that counts; a person's points have no latest."""
    result = next((each.result for each in reversed(attempts) if each.result), None)
    if result is None or exercise.graded_by_person or progress.overrides:
        return None
    ungraded = len(own_tests(exercise, result.tests)) < len(exercise.test_cells)
    if withheld:
        result = shown_result([exercise], result)
    tests = own_tests(exercise, result.tests)
    score = sum(test.score for test in tests)
    if ungraded or progress.state is not ExerciseState.GRADED or score >= progress.score:
        return None
    return LatestView(score, message_for(result.reason), [TestView.of(test) for test in tests])


def _hidden_view(exercises: Sequence[Exercise], attempt: Attempt | None, withheld: Withheld) -> HiddenView | None:
    """Return what is withheld of an attempt, or of an exercise with its latest attempt; None when nothing is."""
    tests = attempt.result.tests if attempt and attempt.result else ()
    counted = [each for each in exercises if attempt is None or attempt.exercise in (None, each.id)]
    parts = [hidden_part(each, own_tests(each, tests)) for each in counted]
    found = HiddenPart(sum(each.tests for each in parts), sum(each.points for each in parts))
    return HiddenView(found.tests, found.points, withheld.until) if found.tests else None


def _message(attempt: Attempt, result: GradingResult | None, tests: Sequence[TestResult], *, max_score: float) -> str:
    if attempt.status is JobStatus.FAILED:
        return NOT_GRADED
    if result is None:
        return ""
    if attempt.kind is JobKind.SUBMISSION and result.verdict is Verdict.NEEDS_REVIEW and not result.reason:
        return WAITS_FOR_GRADER
    return message_for(result.reason) if sum(test.score for test in tests) < max_score else ""
