"""Takes over what graders scored in the gradebook: points and comments reach the learner, and the path follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from trailbook.domain.course import Course
from trailbook.domain.exercise import Exercise
from trailbook.domain.progress import ExerciseProgress, ExerciseState
from trailbook.domain.scoring import progress_after_review
from trailbook.services.answer_history import GRADE, MANUAL_GRADE
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.ports import Event, Gradebook, ManualGrade, UnitOfWork
from trailbook.services.standing import NOTHING


def record_manual_grades(context: Context, gradebook: Gradebook, course: str, *, since: str) -> str:
    """Take over manual grades that changed since a cursor and return the next cursor.

    Taking the same grade over again changes nothing, so the cursor need not outlive the process: begin with ``""``.
    """
    cursor, grades = gradebook.manual_grades(since)
    by_learner = sorted(grades, key=lambda grade: grade.learner)
    for learner, mine in groupby(by_learner, key=lambda grade: grade.learner):
        _record(context, course, learner, list(mine))
    return cursor


def _record(context: Context, course: str, learner: str, grades: Sequence[ManualGrade]) -> None:
    now = context.clock()
    events: list[Event] = []
    with context.storage() as work:
        found = work.courses.find(course)
        if found is None:
            return
        for grade in grades:
            recorded = _record_one(work, found, grade)
            if recorded is not None:
                exercise, after = recorded
                data = {"cell": grade.grade_id, GRADE: _evidence(exercise, after)}
                events.append(
                    Event(MANUAL_GRADE, now, course, learner, grade.lesson, exercise.id, actor="grader", data=data)
                )
        events = [work.events.append(event) for event in events]
        if events:
            events += update_path(work, found, learner, now)
    context.live.publish(events)


def _evidence(exercise: Exercise, after: ExerciseProgress) -> dict[str, Any]:
    """Return what the grade says to learner models; see `answer_history.GRADE`."""
    if not exercise.graded_by_person:
        return {"overrides": dict(after.overrides)}
    is_graded = after.state is ExerciseState.GRADED and exercise.max_score > 0
    return {"share": after.score / exercise.max_score if is_graded else None}


def _record_one(work: UnitOfWork, course: Course, grade: ManualGrade) -> tuple[Exercise, ExerciseProgress] | None:
    """Store what the grade changes and return the exercise's standing after it, None when it changes nothing."""
    version = work.versions.find_latest(course.name, grade.lesson)
    exercise = _exercise_with(version.exercises if version else (), grade.grade_id)
    if exercise is None:
        return None
    stored = work.progress.of_learner(grade.learner, course.name).get(grade.lesson, NOTHING)
    before = stored.exercises.get(exercise.id, ExerciseProgress(exercise.id))
    after = progress_after_review(
        exercise,
        before,
        grade_id=grade.grade_id,
        score=grade.score,
        comment=grade.comment,
        needs_review=grade.needs_review,
    )
    if after == before:
        return None
    work.progress.put_exercise(grade.learner, course.name, grade.lesson, after)
    return exercise, after


def _exercise_with(exercises: Iterable[Exercise], grade_id: str) -> Exercise | None:
    """Return the exercise that a person's score or comment on this cell belongs to.

    The formgrader takes points at the tests and comments at the answer they are about.
    """
    return next((each for each in exercises if grade_id in (*each.test_cells, *each.answer_cells)), None)
