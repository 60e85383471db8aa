"""Takes one answer to one exercise to be graded."""

from __future__ import annotations

from collections.abc import Mapping

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Invalid, NotFound
from trailbook.domain.exercise import Exercise
from trailbook.domain.people import Identity
from trailbook.services.context import Context
from trailbook.services.ports import LessonSummary
from trailbook.services.receive import Receiving, receive
from trailbook.services.views import AttemptView


def begin_answer(
    context: Context,
    identity: Identity,
    course: str,
    lesson: LessonKey,
    *,
    exercise: str,
    version: int,
    answers: Mapping[str, str],
    key: str,
) -> Receiving:
    """Begin to queue an answer for grading; the same request again gets the same attempt.

    Parameters
    ----------
    exercise
        Id of the exercise that counts.
    version
        Number of the release the answers were written for; they are graded against the newest.
    answers
        Source of the lesson's answer cells by ``grade_id``; those of the exercise itself must be among them.
    key
        The client's idempotency key, new for each answer.

    Raises
    ------
    NotFound
        ``unknown_course``, ``unknown_lesson``, ``not_released``, ``unknown_exercise``.
    NotAllowed, LessonLocked
        The person is not in the course, or the lesson is not open.
    Invalid, TooLarge, Conflict
        See `received_answers`; ``hand_in_needed`` for an exercise that a person grades; ``missing_answer``.
    Unavailable
        ``disk_full``: there is no room to keep it.
    """

    def check(newest: LessonSummary, kept: Mapping[str, str]) -> None:
        found = next((each for each in newest.exercises if each.id == exercise), None)
        if found is None:
            raise _unknown(course, lesson, exercise)
        _refuse_unanswerable(found, kept)

    return receive(
        context, identity, course, lesson, exercise=exercise, version=version, answers=answers, key=key, check=check
    )


def submit_answer(
    context: Context,
    identity: Identity,
    course: str,
    lesson: LessonKey,
    *,
    exercise: str,
    version: int,
    answers: Mapping[str, str],
    key: str,
) -> AttemptView:
    """Queue an answer for grading and return the attempt; see `begin_answer`."""
    return begin_answer(
        context, identity, course, lesson, exercise=exercise, version=version, answers=answers, key=key
    ).wait()


def _unknown(course: str, lesson: LessonKey, exercise: str) -> NotFound:
    return NotFound(
        "unknown_exercise",
        f"The lesson has no exercise {exercise!r} (any more). Reload the page.",
        course=course,
        lesson=str(lesson),
        exercise=exercise,
    )


def _refuse_unanswerable(exercise: Exercise, answers: Mapping[str, str]) -> None:
    if exercise.graded_by_person:
        raise Invalid(
            "hand_in_needed", "A person grades this answer. Hand in the lesson to send it.", exercise=exercise.id
        )
    missing = [cell for cell in exercise.answer_cells if cell not in answers]
    if missing or not exercise.answer_cells:
        raise Invalid(
            "missing_answer",
            "The answer to this exercise was not in what was sent. Reload the page and send it again.",
            exercise=exercise.id,
            cells=missing,
        )
