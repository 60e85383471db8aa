"""The path of a class, and of one learner, for the course's graders and instructors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from trailbook.domain.class_flow import BEGUN, HELD, RULES, Decisions, LessonFlow, Moment, class_flow
from trailbook.domain.course import Course, LessonKey
from trailbook.domain.people import Identity, Role
from trailbook.services.access import enter_course_as_staff, refuse_unknown_learner
from trailbook.services.class_views import (
    AlternativeView,
    ChoiceView,
    ClassFlow,
    DecisionView,
    LearnerPath,
    LessonFlowView,
    PersonView,
)
from trailbook.services.context import Context
from trailbook.services.override_views import override_views
from trailbook.services.path_views import course_path
from trailbook.services.plan import plan_of
from trailbook.services.ports import Decision
from trailbook.services.ports.choices import Choice
from trailbook.services.sitting_views import sitting_view

MAX_DECISIONS = 200
MAX_CHOICES = 20


def view_class(context: Context, identity: Identity, course: str) -> ClassFlow:
    """Return how far the learners of a course are, and where they wait, fall, skip or are stuck.

    Raises
    ------
    NotFound, NotAllowed
        See `access.enter_course_as_staff`.
    """
    now = context.clock()
    with context.storage(read_only=True) as work:
        found = enter_course_as_staff(work, identity, course)
        released = work.versions.latest_of_course(course)
        decisions = work.activity.decided(course)
        moments = work.activity.moments(course)
        for_grader = work.activity.for_grader(course)
    lessons = [lesson.key for lesson in found.lessons() if lesson.key in released]
    flow = class_flow(lessons, decisions, moments, now=now, for_grader=for_grader)
    return ClassFlow(
        course=found.name,
        title=found.title,
        groups=sorted(found.groups),
        lessons=[_flow_view(found, each) for each in flow],
        people=_people(found, decisions, moments, lessons),
        wait_days=RULES.wait_days,
        gone_days=RULES.gone_days,
        idle_minutes=RULES.idle_minutes,
    )


def view_learner(context: Context, identity: Identity, course: str, learner: str) -> LearnerPath:
    """Return a learner's path as the learner sees it now, with every decision that led there.

    Raises
    ------
    NotFound
        ``unknown_course``, ``unknown_learner``
    NotAllowed
        See `access.enter_course_as_staff`.
    """
    with context.storage(read_only=True) as work:
        found = enter_course_as_staff(work, identity, course)
        refuse_unknown_learner(work, found, learner)
        now = context.clock()
        plan = plan_of(work, found, learner, now=now)
        groups = found.groups_of(learner)
        log = work.overrides.of_learner(course, learner, groups)
        decisions = work.activity.decisions_on(learner, course, limit=MAX_DECISIONS)
        sittings = [sitting_view(work, found, each, context.addresses) for each in reversed(plan.standing.sittings)]
        choices = work.choices.of_learner(learner, course, limit=MAX_CHOICES)
        them = Identity(learner, {course: frozenset({Role.LEARNER})})
        path = course_path(plan, them, context.addresses, now=now)
    return LearnerPath(
        learner=learner,
        groups=groups,
        path=path,
        overrides=[each for each in override_views(found, log) if each.withdrawn is None],
        sittings=sittings,
        decisions=[_decision_view(found, each) for each in decisions],
        choices=[_choice_view(each) for each in choices],
    )


def _flow_view(course: Course, flow: LessonFlow) -> LessonFlowView:
    return LessonFlowView(
        lesson=str(flow.lesson),
        title=course.get_lesson(flow.lesson).title,
        locked=flow.locked,
        open=flow.open,
        in_progress=flow.in_progress,
        mastered=flow.mastered,
        waiting=flow.waiting,
        fallen=flow.fallen,
        skipped=flow.skipped,
        stuck=flow.stuck,
        for_grader=flow.for_grader,
        minutes=flow.minutes,
        tries=flow.tries,
    )


def _people(
    course: Course, decisions: Decisions, moments: Iterable[Moment], lessons: Iterable[LessonKey]
) -> list[PersonView]:
    last: dict[str, datetime] = {}
    for moment in moments:
        last[moment.learner] = max(last.get(moment.learner, moment.at), moment.at)
    shown = set(lessons)
    everyone = {*decisions, *(learner for learners in course.groups.values() for learner in learners)}
    standings = {learner: decisions.get(learner, {}) for learner in sorted(everyone)}
    return [
        PersonView(
            learner=learner,
            groups=course.groups_of(learner),
            mastered=sum(each.status in HELD for key, each in mine.items() if key in shown),
            begun=sum(each.status in BEGUN for key, each in mine.items() if key in shown),
            last_seen=last.get(learner),
        )
        for learner, mine in standings.items()
    ]


def _decision_view(course: Course, decision: Decision) -> DecisionView:
    lesson = course.find_lesson(decision.lesson)
    title = lesson.title if lesson else str(decision.lesson)
    return DecisionView(str(decision.lesson), title, decision.status.value, decision.because, decision.at)


def _choice_view(choice: Choice) -> ChoiceView:
    return ChoiceView(
        at=choice.at,
        chosen=choice.chosen,
        seed=choice.seed,
        model=choice.model,
        alternatives=[
            AlternativeView(
                name=each["name"],
                kind=each["kind"],
                because=each["because"],
                expected=each["expected"],
                score=each["score"],
                probability=each["probability"],
            )
            for each in choice.record.get("alternatives", ())
        ],
    )
