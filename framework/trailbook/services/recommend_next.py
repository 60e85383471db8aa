"""What a learner is to do next in a course with a learner model, from all that the services know."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from trailbook.domain.course import LessonKey, MasteryRules
from trailbook.domain.mastery.knowledge import Knowledge
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.preferences import NO_PREFERENCES, Preferences
from trailbook.domain.recommending import Format, Recommendation, Situation, Wishes, recommend
from trailbook.domain.recommending.values import REVIEW_MINUTES
from trailbook.domain.reviewing.due import with_due
from trailbook.domain.reviewing.memory import Forgetting
from trailbook.domain.reviewing.values import DueReview
from trailbook.services.due_reviews import find_due, taught_skills
from trailbook.services.ports import LessonSummary
from trailbook.services.standing import Standing


def with_reviews(
    standing: Standing, answers: Sequence[Answer], *, forgetting: Forgetting, now: datetime
) -> tuple[Standing, tuple[DueReview, ...]]:
    """Return the standing with mastered lessons marked as due where a skill of theirs is, and what is due.

    Parameters
    ----------
    answers
        The learner's answers that are evidence, in any order.
    """
    taught = taught_skills(standing.course, standing.released)
    reviews = find_due(standing.course, standing.statuses, answers, taught=taught, forgetting=forgetting, now=now)
    if not reviews:
        return standing, ()
    return replace(standing, statuses=with_due(standing.statuses, reviews, taught=taught)), reviews


def recommend_next(
    standing: Standing,
    knowledge: Knowledge,
    *,
    reviews: Collection[DueReview] = (),
    preferences: Preferences = NO_PREFERENCES,
    goal: LessonKey | None = None,
    too_hard: Collection[LessonKey] = (),
) -> Recommendation:
    """Return what is next, the same until the learner has answered something.

    Parameters
    ----------
    goal
        The lesson the learner wants to get to, None for none.
    too_hard
        Lessons the learner called too hard since they last answered in them.
    """
    course = standing.course
    taught = taught_skills(course, standing.released)
    situation = Situation(
        statuses=standing.statuses,
        skills=knowledge.skills,
        predicted=knowledge.expected,
        reviews=reviews,
        recent=knowledge.recent,
        too_hard=too_hard,
        taught=taught,
        formats=_formats(standing.released),
        titles={skill: course.title_of(skill) for skills in taught.values() for skill in skills},
    )
    wishes = Wishes(
        zone=preferences.zone((course.mastery or MasteryRules()).zone),
        goal=goal,
        format=preferences.first,
        review_minutes=min(REVIEW_MINUTES, preferences.minutes_a_day or REVIEW_MINUTES),
    )
    return recommend(situation, wishes, seed=f"{course.name}/{standing.learner}/{knowledge.answers}")


def _formats(released: Mapping[LessonKey, LessonSummary]) -> dict[LessonKey, tuple[Format, ...]]:
    """Return in which way each lesson is taken, as far as its release says: with exercises, or by reading."""
    return {
        key: (Format.PRACTISE,) if any(each.answer_cells for each in summary.exercises) else (Format.READ,)
        for key, summary in released.items()
    }
