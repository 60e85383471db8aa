"""Takes a whole lesson to be graded, and looked at by a grader."""

from __future__ import annotations

from collections.abc import Mapping

from trailbook.domain.course import LessonKey
from trailbook.domain.people import Identity
from trailbook.services.context import Context
from trailbook.services.receive import Receiving, receive
from trailbook.services.views import AttemptView


def begin_hand_in(
    context: Context,
    identity: Identity,
    course: str,
    lesson: LessonKey,
    *,
    version: int,
    answers: Mapping[str, str],
    key: str,
) -> Receiving:
    """Begin to queue a lesson for grading as an nbgrader submission; the same request again gets the same submission.

    A lesson can be handed in again; the last one is the record. A cell without an answer counts as not answered.

    Parameters
    ----------
    version, answers, key
        As for `submit_answer`.

    Raises
    ------
    NotFound, NotAllowed, LessonLocked, Invalid, TooLarge, Conflict, Unavailable
        As for `submit_answer`.
    """
    return receive(context, identity, course, lesson, exercise=None, version=version, answers=answers, key=key)


def hand_in(
    context: Context,
    identity: Identity,
    course: str,
    lesson: LessonKey,
    *,
    version: int,
    answers: Mapping[str, str],
    key: str,
) -> AttemptView:
    """Queue a lesson for grading and return the submission; see `begin_hand_in`."""
    return begin_hand_in(context, identity, course, lesson, version=version, answers=answers, key=key).wait()
