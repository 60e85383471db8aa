"""What a learner could review in a course: the skills that are due, and the exercises that practise them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.path import LessonStatus
from trailbook.domain.reviewing.choose import ReviewItem
from trailbook.domain.reviewing.due import due_reviews, held_skills
from trailbook.domain.reviewing.memory import Forgetting
from trailbook.domain.reviewing.schedule import memories
from trailbook.domain.reviewing.values import DueReview
from trailbook.services.ports import LessonSummary

LEAST_MINUTES = 1.0


def taught_skills(course: Course, released: Mapping[LessonKey, LessonSummary]) -> dict[LessonKey, tuple[str, ...]]:
    """Return the skills each lesson is about: those it says it teaches, else those its exercises practise."""
    return {lesson.key: lesson.teaches or _practised(lesson, released.get(lesson.key)) for lesson in course.lessons()}


def skill_titles(course: Course, taught: Mapping[LessonKey, tuple[str, ...]]) -> dict[str, str]:
    """Return what learners read for each skill of a lesson, as `Course.title_of`, for all of them at once."""
    return {
        skill: course.skills.get(skill) or (lesson.title if "#" in skill else skill)
        for lesson in course.lessons()
        for skill in taught.get(lesson.key, ())
    }


def find_due(
    course: Course,
    statuses: Mapping[LessonKey, LessonStatus],
    answers: Iterable[Answer],
    *,
    taught: Mapping[LessonKey, tuple[str, ...]],
    forgetting: Forgetting,
    now: datetime,
) -> tuple[DueReview, ...]:
    """Return the skills that are due for one learner, what faded most first.

    Parameters
    ----------
    answers
        The learner's answers that are evidence, in any order.
    taught
        As `taught_skills` returns it.
    """
    held = held_skills(statuses, taught)
    if not held:
        return ()
    known = memories((each for each in answers if not held.isdisjoint(each.practised)), forgetting)
    return due_reviews(known, held, forgetting, now=now.timestamp(), titles=skill_titles(course, taught))


def review_items(
    course: Course, released: Mapping[LessonKey, LessonSummary], statuses: Mapping[LessonKey, LessonStatus]
) -> dict[str, tuple[Lesson, Exercise, ReviewItem]]:
    """Return every exercise of open lessons that tests grade, by what learner models call it."""
    items = {}
    for lesson in course.lessons():
        if not statuses[lesson.key].is_open:
            continue
        exercises = list(_reviewable(released.get(lesson.key)))
        for each in exercises:
            rules = lesson.exercises.get(each.id)
            minutes = (rules.minutes if rules else None) or max(lesson.minutes / len(exercises), LEAST_MINUTES)
            variant_of = lesson.item_of(rules.variant_of) if rules and rules.variant_of else None
            item = ReviewItem(lesson.item_of(each.id), lesson.skills_of(each.id), minutes, variant_of)
            items[item.item] = (lesson, each, item)
    return items


def _practised(lesson: Lesson, released: LessonSummary | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(skill for each in _reviewable(released) for skill in lesson.skills_of(each.id)))


def _reviewable(released: LessonSummary | None) -> Iterator[Exercise]:
    for each in released.exercises if released else ():
        if each.answer_cells and each.test_cells and each.max_score > 0:
            yield each
