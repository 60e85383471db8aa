"""Notices that a learner struggles with an exercise, from the log of graded answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import shown_result, withheld
from trailbook.domain.scoring import own_tests
from trailbook.domain.struggle import Struggle, Try, change_between, notice
from trailbook.services.ports import Attempt, Event, JobKind, UnitOfWork

NOTICED = "struggle_noticed"
LONGEST_GAP_SECONDS = 600.0  # a longer time between two answers was spent elsewhere


@dataclass(frozen=True)
class Tried:
    """A learner's graded answers to one exercise, oldest first, as far as their results may be shown."""

    tries: Sequence[Try]
    seconds: float


def notice_struggle(work: UnitOfWork, course: Course, attempt: Attempt, *, now: datetime) -> list[Event]:
    """Return the event that a learner begins to struggle, if this graded answer shows it; once for each time it begins.

    Call it in the transaction that stored the answer's result.
    """
    if attempt.kind is not JobKind.ATTEMPT or attempt.exercise is None:
        return []
    place = (attempt.course, attempt.learner, attempt.lesson, attempt.exercise)
    where = (work, course, attempt.learner, attempt.lesson)
    found = find_struggle(*where, exercise=attempt.exercise, now=now)
    if found is None or find_struggle(*where, exercise=attempt.exercise, now=now, but=attempt.id) is not None:
        return []
    data = {"signs": [sign.value for sign in found.signs], "because": found.because}
    return [work.events.append(Event(NOTICED, now, *place, data=data))]


def find_struggle(
    work: UnitOfWork,
    course: Course,
    learner: str,
    key: LessonKey,
    *,
    exercise: str,
    now: datetime,
    but: str = "",
) -> Struggle | None:
    """Return whether a learner struggles with an exercise now; ``but`` names an attempt to leave out."""
    summary = work.versions.find_summary(course.name, key)
    asked = next((each for each in summary.exercises if each.id == exercise), None) if summary else None
    if summary is None or asked is None or asked.graded_by_person:
        return None
    lesson = course.get_lesson(key)
    attempts = [each for each in work.attempts.of_learner(learner, course.name, key) if each.id != but]
    tried = _tried(asked, attempts, is_withheld=withheld(course, key.module, now) is not None)
    if not tried.tries:
        return None
    predicted = None
    if course.mastery is not None:
        models = work.learner_models
        predicted = models.predictions(work, course, learner, lesson, exercises=[exercise], now=now)[exercise]
    return notice(
        tried.tries,
        predicted=predicted,
        seconds=tried.seconds,
        usual_seconds=_usual_seconds(lesson, exercise, len(summary.exercises)),
    )


def _tried(exercise: Exercise, attempts: Sequence[Attempt], *, is_withheld: bool) -> Tried:
    graded: list[tuple[Attempt, float]] = []
    for attempt in attempts:
        if attempt.kind is not JobKind.ATTEMPT or attempt.exercise != exercise.id or attempt.result is None:
            continue
        if len(own_tests(exercise, attempt.result.tests)) < len(exercise.test_cells):
            continue  # it could not be graded
        result = shown_result([exercise], attempt.result) if is_withheld else attempt.result
        tests = own_tests(exercise, result.tests)
        most = sum(test.max_score for test in tests)
        if most > 0:
            graded.append((attempt, min(sum(test.score for test in tests) / most, 1.0)))
    texts = ["\n".join(attempt.answers.get(cell, "") for cell in exercise.answer_cells) for attempt, _ in graded]
    changes = [None, *(change_between(before, after) for before, after in pairwise(texts))]
    gaps = [(later.created_at - earlier.created_at).total_seconds() for (earlier, _), (later, _) in pairwise(graded)]
    return Tried(
        [Try(share, change) for (_, share), change in zip(graded, changes, strict=False)],
        sum(min(gap, LONGEST_GAP_SECONDS) for gap in gaps),
    )


def _usual_seconds(lesson: Lesson, exercise: str, exercises: int) -> float:
    """Return what the author says the exercise takes, or its part of the lesson's time."""
    rules = lesson.exercises.get(exercise)
    return 60.0 * (rules.minutes if rules and rules.minutes else lesson.minutes / max(exercises, 1))
