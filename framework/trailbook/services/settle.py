"""Moves on what a learner took on, once an answer of it was graded or skipped: the next question, or the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import withheld
from trailbook.domain.placement import Asking, Placement, Reply
from trailbook.domain.scoring import own_tests
from trailbook.domain.sittings import Purpose, Sitting, parse_item
from trailbook.domain.test_out import Ending, Outcome, choose_exercises, outcome
from trailbook.services.ports import Event, JobKind, LessonSummary, UnitOfWork

ENDED, ASKED = "sitting_ended", "question_asked"


def settle(work: UnitOfWork, course: Course, learner: str, *, now: datetime) -> list[Event]:
    """Store how each test-out and placement of a learner stands now, and return what happened.

    Call it in the transaction that changed something, before the path is decided anew.
    """
    events = []
    for sitting in work.sittings.of_learner(learner, course.name):
        if sitting.lasts and sitting.purpose is not Purpose.PRACTICE:
            events += _settle_one(work, course, sitting, now=now)
    return events


def outcome_of(work: UnitOfWork, course: Course, sitting: Sitting) -> Outcome:
    """Return how a test-out stands; one whose exercises are gone in a new release has failed."""
    assert sitting.lesson is not None  # noqa: S101 - it is about one
    summary = work.versions.find_summary(course.name, sitting.lesson)
    wanted = {parse_item(item)[1] for item in sitting.items}
    asked = [each for each in summary.exercises if each.id in wanted] if summary else []
    if not asked:
        return Outcome(Ending.FAILED, "Its exercises are no longer in the lesson. Begin again.")
    shares = {each.id: _shares(work, sitting, sitting.lesson, each) for each in asked}
    return outcome(asked, shares, pass_share=course.get_lesson(sitting.lesson).pass_share)


def askable(course: Course, key: LessonKey, summary: LessonSummary | None, *, now: datetime) -> tuple[Exercise, ...]:
    """Return a lesson's exercises that can be asked in a test: graded at once, and with verdicts that may be shown."""
    hides = withheld(course, key.module, now) is not None
    exercises = summary.exercises if summary else ()
    return tuple(
        each
        for each in exercises
        if each.max_score > 0 and each.test_cells and not each.graded_by_person and not (hides and each.hidden_tests)
    )


def chosen(work: UnitOfWork, course: Course, learner: str, key: LessonKey, *, now: datetime) -> tuple[str, ...]:
    """Return the items a test-out of a lesson asks; none where nothing in it can be."""
    lesson, summary = course.get_lesson(key), work.versions.find_summary(course.name, key)
    exercises = askable(course, key, summary, now=now)
    predicted = work.learner_models.predictions(
        work, course, learner, lesson, exercises=[each.id for each in exercises], now=now
    )
    return tuple(lesson.item_of(each.id) for each in choose_exercises(lesson, exercises, predicted.__getitem__))


def with_next_question(
    work: UnitOfWork, course: Course, sitting: Sitting, *, now: datetime
) -> tuple[Sitting, Asking | None]:
    """Return a placement with its next question, or ended with what is known, once every question has a reply."""
    replies = [_reply(work, sitting, item) for item in sitting.items]
    given = [reply for reply in replies if reply is not None]
    if len(given) < len(replies):
        return sitting, None
    released = work.versions.latest_of_course(course.name)
    # Of nobody in particular: what this learner answers is in the replies, and must not count twice.
    priors = work.learner_models.know(work, course, "", released=released, now=now).expected
    placement = Placement(course, priors, seed=sitting.id)
    asked = {reply.lesson for reply in given}
    left = [
        each.key
        for each in course.lessons()
        if each.key not in asked and askable(course, each.key, released.get(each.key), now=now)
    ]
    asking = placement.next_question(given, left)
    if asking is None:
        return replace(sitting, ended_at=now, known=placement.known(given)), None
    item = chosen(work, course, sitting.learner, asking.lesson, now=now)[0]
    return replace(sitting, items=(*sitting.items, item)), asking


def _settle_one(work: UnitOfWork, course: Course, sitting: Sitting, *, now: datetime) -> list[Event]:
    if sitting.purpose is Purpose.PLACEMENT:
        moved, asking = with_next_question(work, course, sitting, now=now)
    else:
        ending, asking = outcome_of(work, course, sitting).ending, None
        known = (sitting.lesson,) if ending is Ending.PASSED and sitting.lesson else ()
        moved = sitting if ending is Ending.RUNNING else replace(sitting, ended_at=now, known=known)
    if moved == sitting:
        return []
    work.sittings.put(moved)
    return [work.events.append(step_event(moved, asking, now=now))]


def step_event(sitting: Sitting, asking: Asking | None, *, now: datetime) -> Event:
    """Return the event on the end of a sitting, or on its next question with what every other would have told."""
    data: dict[str, object] = {"sitting": sitting.id, "purpose": sitting.purpose.value}
    if sitting.ended_at is not None:
        data["known"] = [str(key) for key in sitting.known]
        return Event(ENDED, now, sitting.course, sitting.learner, sitting.lesson, data=data)
    key, exercise = parse_item(sitting.items[-1])
    if asking is not None:
        data["bits"] = {str(each): bits for each, bits in asking.gains.items()}
    return Event(ASKED, now, sitting.course, sitting.learner, key, exercise, data=data)


def _reply(work: UnitOfWork, sitting: Sitting, item: str) -> Reply | None:
    """Return the reply to a question: its first graded answer, or that it was skipped; None before there is one."""
    key, exercise = parse_item(item)
    summary = work.versions.find_summary(sitting.course, key)
    asked = next((each for each in summary.exercises if each.id == exercise), None) if summary else None
    if asked is None or item in sitting.skipped:
        return Reply(key, 0.0)
    shares = _shares(work, sitting, key, asked)
    return Reply(key, shares[0]) if shares else None


def _shares(work: UnitOfWork, sitting: Sitting, key: LessonKey, exercise: Exercise) -> list[float]:
    """Return the share of an exercise's points that each try since the sitting began got, oldest first.

    An answer that could not be graded is no try.
    """
    tries = [
        own_tests(exercise, each.result.tests)
        for each in work.attempts.of_learner(sitting.learner, sitting.course, key)
        if each.kind is JobKind.ATTEMPT
        and each.exercise == exercise.id
        and each.created_at >= sitting.started_at
        and each.result is not None
    ]
    return [
        min(sum(test.score for test in tests) / exercise.max_score, 1.0)
        for tests in tries
        if len(tests) == len(exercise.test_cells)
    ]
