"""Grades what lies in `submitted/`, in parallel; one broken submission never keeps another from its result."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from trailbook.domain.course import Course, GradingLimits
from trailbook.domain.errors import CourseError, Invalid, NotFound, Unavailable
from trailbook.domain.exercise import Exercise
from trailbook.domain.names import learner_of, nearest_of, student_id_of
from trailbook.domain.notebook import grade_cells, unanswered
from trailbook.domain.notebook_format import read_notebook
from trailbook.domain.rebuild import Collected, answers_from
from trailbook.domain.results import GradingResult, Verdict
from trailbook.services.check import CheckedLesson, check
from trailbook.services.ports import (
    Attempt,
    CourseFolder,
    Gradebook,
    Grader,
    JobKind,
    LessonToGrade,
    Notebook,
    Stripper,
)
from trailbook.services.ports_submissions import Submissions, Submitted

MAX_SUBMISSION_BYTES = 25_000_000  # outputs and pictures included
TRIES = 2
TIMESTAMP_FORMATS = ("%Y-%m-%d %H:%M:%S.%f %Z", "%Y-%m-%d %H:%M:%S %Z")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GradedCell:
    """One line of the report: how one graded cell of one submission came out.

    Attributes
    ----------
    grade_id
        The cell, or "" where the submission's lesson is not one of the course.
    score
        Points, or None where a person has to give them or nothing could be graded.
    status
        ``graded``, ``needs_review`` (a person must look) or ``ungradable`` (nothing was graded; ``reason`` says why).
    reason
        A reason code: why there is no score, or what stopped the code.
    message
        What a learner may read.
    mode
        How it was graded: ``kernel``, in a sandbox with the notebook's own kernel.
    seconds
        Wall-clock time of the whole submission's grading.
    """

    learner: str
    module: str
    lesson: str
    grade_id: str
    score: float | None
    max_score: float
    status: str
    reason: str = ""
    message: str = ""
    mode: str = "kernel"
    seconds: float = 0.0
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True)
class FolderGrading:
    """What grading a folder works with."""

    folder: CourseFolder
    submissions: Submissions
    stripper: Stripper
    gradebook: Gradebook
    grader: Grader
    now: datetime
    workers: int = 2
    max_bytes: int = MAX_SUBMISSION_BYTES


@dataclass(frozen=True)
class _Work:
    """One submission with what it is graded against; ``lesson`` is None where there is nothing."""

    submitted: Submitted
    lesson: CheckedLesson | None
    limits: GradingLimits
    why_not: str = ""


def grade_folder(
    grading: FolderGrading, modules: Collection[str] = (), *, resume: bool = False
) -> Iterator[GradedCell]:
    """Yield the outcome for every graded cell of every submission, and write each to gradebook and `autograded/`.

    Parameters
    ----------
    modules
        The modules to grade; all when empty.
    resume
        Leave out what was graded since it was submitted, such as by a run that was stopped.

    Raises
    ------
    ProblemsFound, Invalid
        `course.yaml` cannot be used.
    NotFound
        ``unknown_module``: the course has no module of this name.
    """
    report = check(grading.folder, grading.stripper)
    if report.course is None:
        found = [problem.as_plain() for problem in report.problems]
        raise Invalid("course_unusable", "Nothing was graded: course.yaml has problems.", problems=found)
    _refuse_unknown(report.course, modules)
    ready = {lesson.key: lesson for lesson in report.lessons}
    grading.gradebook.register(report.course, {key: lesson.source for key, lesson in ready.items()})
    work = [
        _Work(
            each,
            ready.get(each.lesson),
            report.course.grading,
            why_not="unknown_lesson" if report.course.find_lesson(each.lesson) is None else "lesson_has_problems",
        )
        for each in grading.submissions.find_all()
        if (not modules or each.lesson.module in modules) and not (resume and grading.submissions.is_graded(each))
    ]
    with ThreadPoolExecutor(max_workers=grading.workers, thread_name_prefix="trailbook-grade") as pool:
        for cells in pool.map(lambda each: _grade_one(grading, each), work):
            yield from cells


def _refuse_unknown(course: Course, modules: Collection[str]) -> None:
    names = [module.name for module in course.modules]
    for name in modules:
        if name not in names:
            message = f"The course {course.title} has no module {name}.{nearest_of(name, names)}"
            raise NotFound("unknown_module", message, course=course.name, module=name)


def _grade_one(grading: FolderGrading, work: _Work) -> Sequence[GradedCell]:
    """Return the outcome of one submission; whatever is wrong with it is part of that."""
    lesson = work.lesson
    if lesson is None:
        return _ungradable(work, work.why_not)
    if student_id_of(learner_of(work.submitted.student)) != work.submitted.student:
        return _ungradable(work, "bad_student_name")
    try:
        content = grading.submissions.read(work.submitted, max_bytes=grading.max_bytes)
        collected = _collect(content, lesson, work.submitted)
    except (Invalid, OSError) as refusal:
        code = refusal.code if isinstance(refusal, CourseError) else "unreadable"
        return _ungradable(work, code)
    attempt = _attempt(grading, work.submitted, collected)
    result = _run(grading, lesson, attempt, work.limits)
    result = replace(result, repaired=collected.repaired)
    try:
        grading.gradebook.write_result(attempt, lesson.exercises, result)
    except (CourseError, OSError) as error:
        log.error("a result of %s is not in the gradebook: %s", work.submitted.lesson, error)
        return _ungradable(work, "gradebook_unavailable", repaired=collected.repaired)
    return _lines(work, lesson, attempt, result)


def _collect(content: bytes, lesson: CheckedLesson, submitted: Submitted) -> Collected:
    """Return the answers in a submitted notebook; raises `Invalid` when it is none."""
    try:
        notebook, problems = read_notebook(content.decode("utf-8"), f"{submitted.lesson}.ipynb")
    except ValueError as error:  # no UTF-8, or a number with thousands of digits
        raise Invalid("no_json", "This is no JSON.") from error
    if notebook is None:
        raise Invalid(problems[0].code, problems[0].message)
    return answers_from(notebook, lesson.released)


def _attempt(grading: FolderGrading, submitted: Submitted, collected: Collected) -> Attempt:
    """Return the submission as the gradebook knows one; never handed in later than now, whatever its file says."""
    said = _read_time(grading.submissions.read_timestamp(submitted))
    name = f"{submitted.student}/{submitted.lesson}"
    return Attempt(
        id=name,
        kind=JobKind.SUBMISSION,
        key=name,
        course="",
        lesson=submitted.lesson,
        version=0,
        learner=learner_of(submitted.student),
        exercise=None,
        answers=collected.answers,
        created_at=min(said, grading.now) if said is not None else grading.now,
    )


def _read_time(text: str) -> datetime | None:
    for form in TIMESTAMP_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _run(grading: FolderGrading, lesson: CheckedLesson, attempt: Attempt, limits: GradingLimits) -> GradingResult:
    """Return the result; a grading that fails for its own reasons is tried again, then left to a person."""
    code = ""
    for _ in range(TRIES):
        try:
            return grading.grader.grade(
                LessonToGrade(lesson.source, lesson.released, lesson.files, limits),
                attempt.answers,
                seed=student_id_of(attempt.learner),
            )
        except Unavailable as refusal:
            code = refusal.code
            log.warning("grading %s failed: %s", attempt.lesson, refusal)
    return GradingResult(Verdict.NEEDS_REVIEW, reason=code)


def _lines(work: _Work, lesson: CheckedLesson, attempt: Attempt, result: GradingResult) -> list[GradedCell]:
    tests = {test.grade_id: test for test in result.tests}
    blank = unanswered(lesson.released, lesson.exercises, attempt.answers)
    lines = []
    for exercise in lesson.exercises:
        for grade_id, max_score in _graded_cells(lesson, exercise):
            line = _line(work, grade_id, max_score)
            if grade_id in tests:
                test = tests[grade_id]
                reason = result.reason if not test.passed else ""
                line = replace(line, score=test.score, status="graded", reason=reason, message=test.message)
            elif exercise.graded_by_person and exercise.id in blank:
                line = replace(line, score=0.0, status="graded", reason="no_answer")
            else:
                reason = "manual" if exercise.graded_by_person else result.reason
                line = replace(line, status="needs_review", reason=reason)
            lines.append(replace(line, seconds=result.seconds, repaired=result.repaired))
    return lines


def _ungradable(work: _Work, reason: str, *, repaired: tuple[str, ...] = ()) -> list[GradedCell]:
    if work.lesson is None:
        return [_line(work, "", 0.0, reason=reason)]
    return [
        replace(_line(work, grade_id, max_score, reason=reason), repaired=repaired)
        for exercise in work.lesson.exercises
        for grade_id, max_score in _graded_cells(work.lesson, exercise)
    ]


def _line(work: _Work, grade_id: str, max_score: float, *, reason: str = "") -> GradedCell:
    key = work.submitted.lesson
    learner = learner_of(work.submitted.student)
    return GradedCell(learner, key.module, key.name, grade_id, None, max_score, "ungradable", reason)


def _graded_cells(lesson: CheckedLesson, exercise: Exercise) -> Iterator[tuple[str, float]]:
    """Yield the cells that have points, with them."""
    points = _points(lesson.source)
    names = exercise.answer_cells[:1] if exercise.graded_by_person else exercise.test_cells
    for name in names:
        yield name, points.get(name, 0.0)


def _points(source: Notebook) -> Mapping[str, float]:
    return {cell.grade_id: cell.points for cell in grade_cells(source)}
