"""Reads answers that a learner's server sent: untrusted, maybe late, maybe for an older release."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Conflict, Invalid, TooLarge
from trailbook.domain.exercise import Exercise
from trailbook.services.ports import Attempt, LessonSummary, UnitOfWork

MAX_KEY_LENGTH = 100


def refuse_unreadable(key: str, answers: Mapping[str, str], *, max_bytes: int) -> None:
    """Raise unless key and answers can be kept.

    Raises
    ------
    Invalid
        ``bad_key``: the idempotency key is empty, long or not printable ASCII; ``bad_text``: an answer is no text.
    TooLarge
        ``too_large``: the answers are over the limit of the settings.
    """
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise Invalid("bad_key", f"An idempotency key has 1 to {MAX_KEY_LENGTH} printable ASCII characters.")
    size = 0
    for cell, text in answers.items():
        try:
            size += len(cell.encode()) + len(text.encode())
        except UnicodeEncodeError as error:
            raise Invalid("bad_text", "An answer has characters that are no text. Type it anew and send it.") from error
    if size > max_bytes:
        raise TooLarge(
            "too_large",
            f"The answers have {size:,} bytes and may have {max_bytes:,}. Shorten them and send again.",
            limit=max_bytes,
            size=size,
        )


def find_repeated(
    work: UnitOfWork,
    *,
    learner: str,
    key: str,
    course: str,
    lesson: LessonKey,
    exercise: str | None,
    answers: Mapping[str, str],
) -> Attempt | None:
    """Return the attempt this request made before, or None when the key is new.

    Raises
    ------
    Conflict
        ``key_reused``: the learner used the key for something else.
    """
    attempt = work.attempts.find_by_key(learner, key)
    if attempt is None:
        return None
    graded = work.versions.find_summary(attempt.course, attempt.lesson, attempt.version)
    sent = kept_answers(answers, answer_cells(graded.exercises)) if graded else {}
    # What it is sent for may have changed since: a practised lesson may be open by now.
    same = (attempt.course, attempt.lesson, attempt.exercise, dict(attempt.answers))
    if same != (course, lesson, exercise, sent):
        raise Conflict("key_reused", "This was sent before with other content. Reload the page and send it again.")
    return attempt


def answers_for(
    work: UnitOfWork,
    newest: LessonSummary,
    *,
    course: str,
    lesson: LessonKey,
    written_for: int,
    answers: Mapping[str, str],
) -> dict[str, str]:
    """Return the answers that still have their cell in the lesson's newest release.

    Parameters
    ----------
    newest
        The newest release, which grades.
    written_for
        Number of the release the learner's page showed.

    Raises
    ------
    Invalid
        ``unknown_version``: there is no such release; ``unknown_cell``: neither release has such an answer cell.
    """
    older = newest if written_for == newest.number else work.versions.find_summary(course, lesson, written_for)
    if older is None:
        raise Invalid(
            "unknown_version",
            f"The lesson has no version {written_for}; the newest is {newest.number}. Reload the page.",
            version=newest.number,
        )
    newest_cells = answer_cells(newest.exercises)
    unknown = sorted(set(answers) - newest_cells - answer_cells(older.exercises))
    if unknown:
        raise Invalid(
            "unknown_cell", f"The lesson has no answer cell {unknown[0]!r}. Reload the page.", cells=unknown[:20]
        )
    return kept_answers(answers, newest_cells)


def answer_cells(exercises: Collection[Exercise]) -> set[str]:
    """Return the ``grade_id`` of every cell a learner fills."""
    return {cell for exercise in exercises for cell in exercise.answer_cells}


def kept_answers(answers: Mapping[str, str], cells: Collection[str]) -> dict[str, str]:
    """Return the answers whose cell is one of these."""
    return {cell: text for cell, text in answers.items() if cell in cells}
