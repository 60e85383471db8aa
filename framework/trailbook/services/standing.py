"""Where one learner stands in one course: read from the database, decided by the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from trailbook.domain.course import Course, LessonKey, MasteryRules
from trailbook.domain.hidden_policy import shown_lesson, withheld
from trailbook.domain.mastery.knowledge import Knowledge
from trailbook.domain.overrides import Action, Override
from trailbook.domain.path import LessonStatus
from trailbook.domain.scoring import lesson_progress
from trailbook.domain.sittings import KnownCounts, Sitting, with_known
from trailbook.domain.skill_gate import SkillsHeld
from trailbook.domain.unlocking import POINTS_REACHED, PREREQUISITES_MET, Judge, UnlockPolicy, decide
from trailbook.services.overrides_in_force import decided_by_policy, overrides_for, with_resets
from trailbook.services.ports import Decision, LessonSummary, StoredProgress, UnitOfWork
from trailbook.services.taken_on import known_now, lent_lessons

NOTHING = StoredProgress({}, started=False, handed_in=False)


@dataclass(frozen=True)
class Standing:
    """A learner's status on every lesson of a course, with the releases it was decided for.

    Its progress is what the learner may see at that time; only on that the path depends.

    Attributes
    ----------
    sittings
        All that the learner took on, in the order it began.
    lent
        Lessons that may be seen for its sake, open or not.
    knowledge
        What the learner model says; None in a course that goes by points.
    """

    course: Course
    learner: str
    released: Mapping[LessonKey, LessonSummary]
    statuses: Mapping[LessonKey, LessonStatus]
    sittings: Sequence[Sitting] = ()
    lent: frozenset[LessonKey] = frozenset()
    knowledge: Knowledge | None = None


def standing_of(work: UnitOfWork, course: Course, learner: str, *, now: datetime) -> Standing:
    """Return the learner's standing, decided anew from the scores that may be shown and the releases of now."""
    released = work.versions.latest_of_course(course.name)
    overrides = overrides_for(work, course, learner)
    stored = with_resets(
        work,
        course,
        learner,
        stored=work.progress.of_learner(learner, course.name),
        released=released,
        overrides=overrides,
    )
    progress = {}
    for key, summary in released.items():
        mine = stored.get(key, NOTHING)
        whole = lesson_progress(key, summary.exercises, mine.exercises, started=mine.started, handed_in=mine.handed_in)
        progress[key] = shown_lesson(summary.exercises, whole) if withheld(course, key.module, now) else whole
    sittings = work.sittings.of_learner(learner, course.name)
    known = known_now(sittings, overrides)
    knowledge = None
    policy: UnlockPolicy = PREREQUISITES_MET
    judge: Judge = POINTS_REACHED
    if course.mastery is not None:
        knowledge = work.learner_models.know(work, course, learner, released=released, now=now)
        before = decided_by_policy(work, course, learner)
        policy = judge = skills_held(course, course.mastery, knowledge, before=before, overrides=overrides)
    decided = decide(
        course,
        progress,
        released=released,
        policy=KnownCounts(policy, known),
        judge=judge,
        overrides=overrides,
    )
    statuses = with_known(decided, known)
    return Standing(course, learner, released, statuses, sittings, lent_lessons(sittings, overrides), knowledge)


def skills_held(
    course: Course,
    rules: MasteryRules,
    knowledge: Knowledge,
    *,
    before: Mapping[LessonKey, Decision],
    overrides: Mapping[LessonKey, Override],
) -> SkillsHeld:
    """Return the policy of a course whose lessons open by skills; what staff reset takes back what followed from it."""
    reset = {key: each.at for key, each in overrides.items() if each.action is Action.RESET}
    kept = {}
    for key, decision in before.items():
        lesson = course.find_lesson(key)
        touched = (key, *lesson.requires) if lesson else (key,)
        if all(decision.at > reset[each] for each in touched if each in reset):
            kept[key] = decision.status
    return SkillsHeld(course, knowledge, rules.threshold, kept, frozenset(reset))
