"""Turns a learner's standing into what Home, the path and a lesson page show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from trailbook.domain.course import Lesson, LessonKey
from trailbook.domain.people import Identity, Role
from trailbook.domain.recommending import Alternative, is_finished, next_step
from trailbook.domain.skill_words import joined
from trailbook.services.access import is_staff
from trailbook.services.context import Addresses
from trailbook.services.plan import Plan
from trailbook.services.skill_views import skill_views
from trailbook.services.standing import Standing
from trailbook.services.views import CoursePath, LessonView, ModuleView, NextView, RequirementView

MOST_ALTERNATIVES = 3
MOST_NAMED = 2  # skills in the title of a review


def course_path(plan: Plan, identity: Identity, addresses: Addresses, *, now: datetime) -> CoursePath:
    """Return a course as its learner sees it."""
    standing = plan.standing
    course = standing.course
    statuses = standing.statuses
    roles = identity.roles.get(course.name, frozenset())
    return CoursePath(
        name=course.name,
        title=course.title,
        description=course.description,
        roles=[role.value for role in Role if role in roles],
        staff_url=addresses.staff(course.name) if is_staff(identity, course.name) else None,
        finished=is_finished(statuses),
        score=sum(status.progress.score for status in statuses.values()),
        max_score=sum(status.progress.max_score for status in statuses.values()),
        next=_next_view(plan, addresses),
        modules=[
            ModuleView(
                module.name,
                module.title,
                [lesson_view(standing, lesson.key, addresses) for lesson in module.lessons],
            )
            for module in course.modules
        ],
        alternatives=_alternatives(plan, addresses),
        skills=skill_views(standing, now=now),
    )


def _alternatives(plan: Plan, addresses: Addresses) -> list[NextView]:
    if plan.recommendation is None:
        return []
    chosen = plan.recommendation.chosen
    others = [each for each in plan.recommendation.alternatives if chosen is None or each.name != chosen.name]
    return [_step_view(plan.standing, each, addresses) for each in others[:MOST_ALTERNATIVES]]


def _step_view(standing: Standing, step: Alternative, addresses: Addresses) -> NextView:
    lesson = step.lesson or _taught_by(standing, step.skills[0])
    title = lesson.title if step.lesson else f"Review {_named(standing, step.skills)}"
    url = addresses.lesson(standing.learner, standing.course.name, lesson.key)
    return NextView(str(lesson.key), title, step.minutes, step.because, url, step.kind.value)


def _taught_by(standing: Standing, skill: str) -> Lesson:
    lessons = list(standing.course.lessons())
    return next((each for each in lessons if skill in each.teaches or skill.startswith(f"{each.key}#")), lessons[0])


def _named(standing: Standing, skills: Sequence[str]) -> str:
    """Return the titles of the first few skills: what fades is no pile of debts."""
    titles = list(dict.fromkeys(standing.course.title_of(each) for each in skills))
    return joined([*titles[:MOST_NAMED], *(["others"] if len(titles) > MOST_NAMED else [])])


def _next_view(plan: Plan, addresses: Addresses) -> NextView | None:
    standing = plan.standing
    if plan.recommendation is not None:
        chosen = plan.recommendation.chosen
        return _step_view(standing, chosen, addresses) if chosen else None
    step = next_step(standing.statuses)
    if step is None:
        return None
    key = step.lesson.key
    url = addresses.lesson(standing.learner, standing.course.name, key)
    return NextView(str(key), step.lesson.title, step.lesson.minutes, step.because, url)


def lesson_view(standing: Standing, key: LessonKey, addresses: Addresses) -> LessonView:
    """Return one lesson on its learner's path."""
    status = standing.statuses[key]
    lesson, progress = status.lesson, status.progress
    summary = standing.released.get(key)
    return LessonView(
        key=str(key),
        module=key.module,
        name=key.name,
        title=lesson.title,
        minutes=lesson.minutes,
        status=status.status.value,
        because=status.because,
        requirements=requirement_views(standing, key),
        score=progress.score,
        max_score=progress.max_score,
        share=progress.share,
        pass_=lesson.pass_share,
        handed_in=progress.handed_in,
        url=addresses.lesson(standing.learner, standing.course.name, key),
        version=summary.number if summary else None,
        minutes_to_open=status.minutes_to_open,
    )


def requirement_views(standing: Standing, key: LessonKey) -> list[RequirementView]:
    """Return what a lesson asks for before it opens."""
    return [
        RequirementView(str(each.lesson), each.title, each.needed, each.reached, each.met)
        for each in standing.statuses[key].requirements
    ]


def neighbours(standing: Standing, key: LessonKey) -> tuple[LessonKey | None, LessonKey | None]:
    """Return the released lessons before and after one, in the course's order."""
    order = [each for each in standing.statuses if each in standing.released]
    place = order.index(key)
    return (order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None)
