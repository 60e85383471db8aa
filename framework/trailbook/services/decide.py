"""Decides a learner's path anew after progress changed, and notes what changed with its reason."""

from __future__ import annotations

from datetime import datetime

from trailbook.domain.course import Course
from trailbook.domain.path import Status
from trailbook.services.plan import Plan, plan_of
from trailbook.services.ports import Decision, Event, UnitOfWork
from trailbook.services.ports.choices import Choice


def update_path(work: UnitOfWork, course: Course, learner: str, now: datetime) -> list[Event]:
    """Append each decision that changed and return the events to publish after the transaction.

    The first decisions on a learner are only noted: nothing has changed yet. Call it in the transaction that changed
    the learner's progress, or released a lesson.
    """
    before = work.decisions.latest(learner, course.name)
    plan = plan_of(work, course, learner, now=now)
    _note_choice(work, plan, now=now)
    events = []
    changed: dict[str, str] = {}
    for key, status in plan.standing.statuses.items():
        known = before.get(key)
        if known is not None and known.status is status.status:
            continue
        work.decisions.append(Decision(course.name, learner, key, status.status, status.because, now))
        if not before:
            continue
        changed[str(key)] = status.status.value
        if status.is_open and (known is None or known.status is Status.LOCKED):
            data = {"because": status.because}
            events.append(Event("lesson_unlocked", now, course.name, learner, key, data=data))
    if changed:
        events.append(Event("path_changed", now, course.name, learner, data={"lessons": changed}))
    return [work.events.append(event) for event in events]


def _note_choice(work: UnitOfWork, plan: Plan, *, now: datetime) -> None:
    """Keep what is proposed next, among what, unless it is what was proposed before."""
    found = plan.recommendation
    if found is None:
        return
    course, learner = plan.standing.course.name, plan.standing.learner
    last = work.choices.latest(learner, course)
    record = found.as_record()
    if last is not None and (last.seed, last.chosen) == (found.seed, record["chosen"]):
        return
    version = work.models.latest(course)
    work.choices.append(Choice(course, learner, now, record, version.number if version else 0))
