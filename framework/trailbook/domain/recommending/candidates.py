"""What a learner could do next: every lesson that is open, repairs of gaps, and what is due for review."""

from __future__ import annotations

import math
from collections.abc import Iterator

from trailbook.domain.course import Lesson, LessonKey
from trailbook.domain.path import LessonStatus, Status
from trailbook.domain.recommending.gaps import Gap, gap_of
from trailbook.domain.recommending.in_order import waits_for_grader
from trailbook.domain.recommending.values import Alternative, Situation, StepKind, Wishes
from trailbook.domain.recommending.zone import is_within

WAITING = "Your answer waits for a grader; there is nothing else to do now."
MOST_NAMED = 2  # skills of a review that its sentence names


def candidates(situation: Situation, wishes: Wishes) -> list[Alternative]:
    """Return every alternative with its reason, not yet scored; each lesson once."""
    found: dict[LessonKey, Alternative] = {}
    for each in (*_repairs(situation, wishes), *_active(situation, wishes), *_practice(situation)):
        if each.lesson is not None:
            found.setdefault(each.lesson.key, each)
    review = _review(situation, wishes)
    return [*found.values(), *([review] if review else [])]


def is_waiting(situation: Situation, lesson: Lesson) -> bool:
    """Return whether nothing is left to do in a lesson but to wait for a grader."""
    status = situation.statuses[lesson.key]
    return status.status is Status.IN_PROGRESS and waits_for_grader(status)


def in_ten(share: float) -> str:
    """Return a share as a count that is easy to picture; never none or all, because nobody knows.

    >>> in_ten(0.72), in_ten(0.999), in_ten(0.0)
    ('7 in 10', '9 in 10', '1 in 10')
    """
    return f"{min(max(round(share * 10), 1), 9)} in 10"


def _active(situation: Situation, wishes: Wishes) -> Iterator[Alternative]:
    for status in situation.statuses.values():
        if status.status not in (Status.OPEN, Status.IN_PROGRESS):
            continue
        expected = situation.expected(status.lesson)
        if is_waiting(situation, status.lesson):
            because = WAITING
        elif status.status is Status.IN_PROGRESS:
            because = f"You are in the middle of it. {status.because}"
        else:
            because = f"{status.because}{_how_hard(expected, wishes)}"
        yield Alternative(
            StepKind.LESSON,
            status.lesson,
            situation.skills_of(status.lesson),
            _minutes_left(status),
            because,
            expected,
        )


def _how_hard(expected: float | None, wishes: Wishes) -> str:
    if expected is None:
        return ""
    if is_within(expected, wishes.zone):
        return f" It should suit you now: we expect about {in_ten(expected)} right."
    if expected < wishes.zone[0]:
        return f" It is a stretch: we expect about {in_ten(expected)} right at first, and that is fine."
    return f" It should go quickly: we expect about {in_ten(expected)} right."


def _repairs(situation: Situation, wishes: Wishes) -> Iterator[Alternative]:
    """Yield the lesson that taught what another one misses.

    Not the one the learner just comes from, unless the learner asked for it by saying that the other is too hard.
    """
    for status in situation.statuses.values():
        if status.status not in (Status.OPEN, Status.IN_PROGRESS):
            continue
        gap = gap_of(situation, status.lesson, wishes)
        if gap is None or (situation.recent[-1:] == (gap.taught_by.key,) and not gap.is_said):
            continue
        yield Alternative(
            StepKind.REPAIR,
            gap.taught_by,
            (gap.skill,),
            gap.taught_by.minutes,
            _because_of(gap, situation),
            situation.expected(gap.taught_by),
            {"repair": 0.6 if gap.is_said else 0.3},
        )


def _because_of(gap: Gap, situation: Situation) -> str:
    skill = situation.title_of(gap.skill)
    if gap.is_said:
        return f"You said that {gap.lesson.title} is too hard. It builds on {skill}, which this lesson teaches."
    return (
        f"{gap.lesson.title} builds on {skill}, where we expect about {in_ten(gap.probability)} right now. "
        "This lesson teaches it."
    )


def _practice(situation: Situation) -> Iterator[Alternative]:
    """Yield lessons that are done, where more practice opens a locked one."""
    for status in situation.statuses.values():
        if status.status is not Status.LOCKED:
            continue
        for requirement in status.requirements:
            required = situation.statuses.get(requirement.lesson)
            if requirement.met or required is None or required.status not in (Status.MASTERED, Status.DUE):
                continue
            because = f"A little more practice here opens {status.lesson.title}. {status.because}"
            lesson = required.lesson
            expected = situation.expected(lesson)
            skills = situation.skills_of(lesson)
            yield Alternative(StepKind.REPAIR, lesson, skills, lesson.minutes, because, expected)


def _review(situation: Situation, wishes: Wishes) -> Alternative | None:
    """Return one review of all that is due, None when nothing is."""
    due = sorted(situation.reviews, key=lambda each: (each.recall, each.skill))
    if not due:
        return None
    titles = list(dict.fromkeys(each.title for each in due))
    others = ["others"] if len(titles) > MOST_NAMED else []
    listed = " and ".join([*titles[:MOST_NAMED], *others])
    first = due[0].because if len(due) == 1 else f"It is time to refresh {listed}, before they fade."
    expected = sum(each.recall for each in due) / len(due)
    minutes = max(1, math.ceil(wishes.review_minutes))
    return Alternative(
        StepKind.REVIEW, None, tuple(each.skill for each in due), minutes, f"{first} At most {minutes} min.", expected
    )


def _minutes_left(status: LessonStatus) -> int:
    done = min(status.progress.share, 1.0) if status.progress.started and status.progress.counts else 0.0
    return max(1, math.ceil(status.lesson.minutes * (1.0 - done)))
