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
from trailbook.domain.reviewing.schedule import faded
from trailbook.domain.reviewing.values import DueReview
from trailbook.domain.sittings import parse_item
from trailbook.services.due_reviews import find_due, skill_titles, taught_skills
from trailbook.services.ports import LessonSummary, UnitOfWork
from trailbook.services.standing import Standing

TOO_HARD = "too_hard"
"""Kind of the event of a learner who finds a lesson too hard."""

REPAIRED = 3  # answers elsewhere after which a lesson that was too hard is worth another try


def recommend_for(
    work: UnitOfWork, standing: Standing, *, forgetting: Forgetting, now: datetime
) -> tuple[Standing, Recommendation]:
    """Return the standing with what is due, and what is next, from everything the database knows of the learner.

    What is due lowers the mastery that the standing shows. It decides nothing: what is open was decided before.
    """
    course, learner = standing.course, standing.learner
    answers = work.learner_models.answers(work, course, now=now, learner=learner)
    knowledge = standing.knowledge or work.learner_models.know(
        work, course, learner, released=standing.released, now=now
    )
    standing, reviews = with_reviews(standing, answers, forgetting=forgetting, now=now)
    recommended = recommend_next(
        standing,
        knowledge,
        reviews=reviews,
        preferences=work.preferences.get(learner, course.name),
        too_hard=_called_too_hard(work, course.name, learner, answers),
    )
    return replace(standing, knowledge=_faded(knowledge, reviews)), recommended


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
    too_hard: Collection[LessonKey] = (),
) -> Recommendation:
    """Return what is next, the same until the learner has answered something.

    Parameters
    ----------
    too_hard
        Lessons the learner called too hard just now.
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
        titles=skill_titles(course, taught),
    )
    wishes = Wishes(
        zone=preferences.zone((course.mastery or MasteryRules()).zone),
        goal=preferences.goal,
        format=preferences.first,
        review_minutes=min(REVIEW_MINUTES, preferences.minutes_a_day or REVIEW_MINUTES),
    )
    return recommend(situation, wishes, seed=f"{course.name}/{standing.learner}/{knowledge.answers}")


def _faded(knowledge: Knowledge, reviews: Collection[DueReview]) -> Knowledge:
    due = {each.skill: each for each in reviews if each.skill in knowledge.skills}
    lower = {skill: faded(knowledge.skills[skill], each.recall) for skill, each in due.items()}
    said = {skill: each.because for skill, each in due.items()}
    return replace(knowledge, skills={**knowledge.skills, **lower}, fading=said)


def _called_too_hard(work: UnitOfWork, course: str, learner: str, answers: Sequence[Answer]) -> frozenset[LessonKey]:
    """Return the lessons the learner called too hard, until the next answer in them, or a few elsewhere."""
    said = {
        event.lesson: event.at.timestamp()
        for event in work.events.of_course(course, kinds=(TOO_HARD,))
        if event.learner == learner and event.lesson is not None
    }
    for lesson, at in list(said.items()):
        since = [parse_item(each.item)[0] for each in answers if each.at is not None and each.at > at]
        if lesson in since or len(since) >= REPAIRED:
            del said[lesson]
    return frozenset(said)


def _formats(released: Mapping[LessonKey, LessonSummary]) -> dict[LessonKey, tuple[Format, ...]]:
    """Return in which way each lesson is taken, as far as its release says: with exercises, or by reading."""
    return {
        key: (Format.PRACTISE,) if any(each.answer_cells for each in summary.exercises) else (Format.READ,)
        for key, summary in released.items()
    }
