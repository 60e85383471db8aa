"""Tells nbgrader how a job ended: the submission, the scores, the executed notebook."""

from __future__ import annotations

import logging

from trailbook.domain.errors import CourseError
from trailbook.domain.notebook import grade_cells
from trailbook.domain.rebuild import rebuild
from trailbook.domain.results import GradingResult, Verdict
from trailbook.services.grading_context import GradingContext
from trailbook.services.ports import Attempt, JobKind, LessonVersion, UnitOfWork

log = logging.getLogger(__name__)

NOTHING_FOUND = GradingResult(Verdict.NEEDS_REVIEW)


def record_result(context: GradingContext, attempt_id: str) -> None:
    """Write an ended job to its course's gradebook; safe to repeat.

    Until a lesson is handed in, every attempt writes the scores of its exercise. From then on what was handed in last
    is the record, and nothing older is written over it.
    """
    with context.storage(read_only=True) as work:
        attempt = work.attempts.find(attempt_id)
        version = work.versions.find(attempt.course, attempt.lesson, attempt.version) if attempt else None
        counts = attempt is not None and _is_record(work, attempt)
    if attempt is None or version is None:
        return
    gradebook = context.gradebooks.get(attempt.course)
    if gradebook is not None and counts:
        if attempt.kind is JobKind.SUBMISSION:
            gradebook.write_submission(attempt, _handed_in(attempt, version), version.files)
        gradebook.write_result(attempt, version.exercises, attempt.result or NOTHING_FOUND)
    with context.storage() as work:
        work.attempts.mark_recorded(attempt_id, now=context.clock())


def try_to_record(context: GradingContext, attempt_id: str) -> None:
    """Write an ended job to the gradebook; when that cannot be done now, `record_missing` does it later."""
    try:
        record_result(context, attempt_id)
    except (CourseError, OSError) as error:
        log.warning("attempt %s is not in the gradebook yet, to be tried again: %s", attempt_id, error)


def _is_record(work: UnitOfWork, attempt: Attempt) -> bool:
    """Whether an attempt is for the gradebook: practice is not, nor what is older than the lesson handed in."""
    if attempt.kind is JobKind.PRACTICE:
        return False
    handed_in = [
        each
        for each in work.attempts.of_learner(attempt.learner, attempt.course, attempt.lesson)
        if each.kind is JobKind.SUBMISSION
    ]
    return not handed_in or handed_in[-1].id == attempt.id


def _handed_in(attempt: Attempt, version: LessonVersion) -> dict[str, object]:
    """Return the notebook as the learner handed it in: the released one with the answers in it."""
    starters = {cell.grade_id: cell.source for cell in grade_cells(version.released) if cell.solution}
    return rebuild(version.released, {**starters, **attempt.answers})
