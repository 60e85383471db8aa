"""What may help somebody who struggles or says "too hard": offers to choose from, the nearest first; never a lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trailbook.domain.course import LessonKey
from trailbook.domain.recommending.gaps import Gap

EASIER_BY = 0.03  # in predicted success; less is no difference anybody would notice


class Way(StrEnum):
    """How somebody can get there."""

    EXAMPLE = "example"  # look at a worked example
    EASIER = "easier"  # do an easier exercise of the same skill first
    REPAIR = "repair"  # go back to the lesson that taught what is missing
    PEER = "peer"  # read what somebody else asked
    PERSON = "person"  # ask somebody


@dataclass(frozen=True)
class Offer:
    """One thing to do, where that is, and why it may help."""

    way: Way
    because: str
    lesson: LessonKey | None = None
    exercise: str | None = None


@dataclass(frozen=True)
class Candidate:
    """An exercise that could be done first.

    Attributes
    ----------
    predicted
        The learner model's probability of a right answer.
    is_variant
        It asks for the same in another form.
    """

    lesson: LessonKey
    exercise: str
    title: str
    predicted: float
    is_variant: bool = False


def easier_exercise(candidates: Iterable[Candidate], *, predicted: float, home: LessonKey) -> Candidate | None:
    """Return the exercise to do first, None where none is easier than the one at hand.

    A variant before others, one of the same lesson before others, and then the smallest step down that is a step.

    Parameters
    ----------
    candidates
        Exercises of open lessons that share a skill with the one at hand and that the learner has not solved.
    predicted
        Probability of a right answer to the one at hand.
    home
        Its lesson.
    """
    easier = [each for each in candidates if each.predicted >= predicted + EASIER_BY]
    return min(
        easier,
        key=lambda each: (not each.is_variant, each.lesson != home, each.predicted, each.lesson, each.exercise),
        default=None,
    )


def offers(
    lesson: LessonKey,
    *,
    easier: Candidate | None,
    gap: Gap | None,
    gap_title: str,
    has_example: bool,
    questions: Sequence[str],
) -> tuple[Offer, ...]:
    """Return what to offer in a lesson; asking a person is always the last of it.

    Parameters
    ----------
    gap
        What the lesson builds on and is weak (`recommending.gaps.gap_of`); ``gap_title`` is what learners call it.
    has_example
        The lesson shows code that can be run before its exercises.
    questions
        What others asked here and let be read, the newest first.
    """
    found = []
    if has_example:
        found.append(Offer(Way.EXAMPLE, "Run the worked example once more, a line at a time, then come back.", lesson))
    if easier is not None:
        step = "the same in an easier form" if easier.is_variant else "a smaller step on the same skill"
        found.append(Offer(Way.EASIER, f"Try {easier.title} first: {step}.", easier.lesson, easier.exercise))
    if gap is not None:
        because = f"This builds on {gap_title}. A look back at {gap.taught_by.title} may be the quickest way."
        found.append(Offer(Way.REPAIR, because, gap.taught_by.key))
    if questions:
        found.append(Offer(Way.PEER, f"Somebody else asked here: “{questions[0]}”", lesson))
    found.append(Offer(Way.PERSON, "Ask a person: your question goes to the people who teach this course.", lesson))
    return tuple(found)
