"""Grades one notebook of `submitted/`; whatever is wrong with it is part of its outcome."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from trailbook.domain.collect import Collected, answers_from
from trailbook.domain.course import Course
from trailbook.domain.errors import CourseError, Invalid, Unavailable
from trailbook.domain.handed_in import handed_in_at
from trailbook.domain.names import learner_of, student_id_of
from trailbook.domain.rebuild import FILES_KEY, added_key_of, files_cell
from trailbook.domain.results import GradingResult, Verdict
from trailbook.domain.submitted_notebook import read_submitted
from trailbook.services.feedback import FeedbackPages, feedback_page
from trailbook.services.folder_course import FolderLesson
from trailbook.services.graded_cells import GradedCell, graded_cells, ungradable_cells
from trailbook.services.ports import Attempt, Grader, JobKind
from trailbook.services.ports.submissions import FolderGradebook, GradingState, Submissions, Submitted

MAX_SUBMISSION_BYTES = 25_000_000  # outputs and pictures included
MAX_FILES_BYTES = 2_000_000  # of all files handed in beside a notebook
TRIES = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What the grading of one submission works with."""

    submissions: Submissions
    gradebook: FolderGradebook
    grader: Grader
    state: GradingState
    pages: FeedbackPages
    course: Course
    now: datetime
    max_bytes: int = MAX_SUBMISSION_BYTES


@dataclass(frozen=True)
class Work:
    """One submission with what it is graded against.

    Attributes
    ----------
    lesson
        None where there is nothing to grade it against; ``why_not`` is the reason code then.
    content
        Hash of all that decides how the lesson is graded.
    handed_in
        The lessons of the module that are in the learner's folder.
    """

    submitted: Submitted
    lesson: FolderLesson | None
    content: str = ""
    why_not: str = ""
    handed_in: Collection[str] = ()


@dataclass(frozen=True)
class _Read:
    """A submission as it was read."""

    collected: Collected
    timestamp: datetime | None
    sha256: str


@dataclass(frozen=True)
class Graded:
    """The outcome of one submission.

    Attributes
    ----------
    cells
        A line for each graded cell; none where it was left out, graded as it is.
    sha256
        Names what was graded, so that it need not be done again; "" where the next run is to try again.
    """

    submitted: Submitted
    cells: Sequence[GradedCell]
    sha256: str = ""

    def keep(self, state: GradingState) -> None:
        """Have the next run know of it, once it has been told."""
        if self.sha256:
            state.put_graded(self.submitted, {"sha256": self.sha256, "cells": [asdict(cell) for cell in self.cells]})


def grade_submission(desk: Desk, work: Work, *, resume: bool) -> Graded:
    """Return the outcome of one submission, without lines where ``resume`` finds it graded as it is."""
    lesson, submitted = work.lesson, work.submitted
    if lesson is None:
        return Graded(submitted, ungradable_cells(submitted, None, reason=work.why_not))
    if student_id_of(learner_of(submitted.student)) != submitted.student:
        message = "The name of the learner's folder has characters that nbgrader cannot use. Rename it."
        return Graded(submitted, ungradable_cells(submitted, lesson, reason="bad_student_name", message=message))
    try:
        content = desk.submissions.read(submitted, max_bytes=desk.max_bytes)
        sha256 = _sha256(work.content, content, desk.submissions.read_timestamp(submitted).text)
        if resume and (desk.state.find_graded(submitted) or {}).get("sha256") == sha256:
            return Graded(submitted, ())
        read = _read(desk, submitted, lesson, content, sha256)
    except (CourseError, OSError) as refusal:
        code = refusal.code if isinstance(refusal, CourseError) else "unreadable"
        cells = ungradable_cells(submitted, lesson, reason=code, message=str(refusal))
        write_page(desk, submitted, lesson, cells=cells, answers={})
        return Graded(submitted, cells)
    return _grade(desk, work, lesson, read)


def write_page(
    desk: Desk, submitted: Submitted, lesson: FolderLesson, *, cells: Sequence[GradedCell], answers: Mapping[str, str]
) -> None:
    """Write the learner's page on a submission; a page that cannot be written changes no result."""
    try:
        scores = desk.gradebook.scores(submitted.lesson, submitted.student)
        page = feedback_page(
            desk.course, lesson, submitted.student, cells=cells, answers=answers, scores=scores, now=desk.now
        )
        desk.pages.write(page)
    except (CourseError, OSError) as error:
        log.error("there is no feedback page on a submission of %s: %s", lesson.key, error)


def _read(desk: Desk, submitted: Submitted, lesson: FolderLesson, content: bytes, sha256: str) -> _Read:
    """Return what was handed in; raises `Invalid` when it is no notebook."""
    notebook, mended = read_submitted(content)
    collected = answers_from(notebook, lesson.to_grade.released)
    timestamp = desk.submissions.read_timestamp(submitted)
    at, doubt = handed_in_at(timestamp.text, arrived=timestamp.arrived, now=desk.now)
    files = _files(desk, submitted, lesson)
    notes = [*mended, *_other_kernel(notebook, lesson), *filter(None, [doubt]), *collected.repaired]
    answers = dict(collected.answers)
    if files:
        answers[FILES_KEY] = files_cell(files)
    return _Read(Collected(answers, tuple(notes)), at, sha256)


def _files(desk: Desk, submitted: Submitted, lesson: FolderLesson) -> Mapping[str, bytes]:
    """Return the files handed in that the lesson does not have itself; as in nbgrader, the lesson's own win."""
    but = {*lesson.to_grade.files, "timestamp.txt"}
    return desk.submissions.files_beside(submitted, but=but, max_bytes=MAX_FILES_BYTES)


def _other_kernel(notebook: Mapping[str, Any], lesson: FolderLesson) -> list[str]:
    theirs, ours = _language(notebook), _language(lesson.to_grade.source)
    if theirs in ("", ours):
        return []
    return [f"The notebook was saved with a kernel for {theirs}; it was run with the lesson's, for {ours}."]


def _language(notebook: Mapping[str, Any]) -> str:
    metadata = notebook.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, Mapping) else None
    said = spec.get("language") or spec.get("name") if isinstance(spec, Mapping) else ""
    name = said if isinstance(said, str) else ""
    return "python" if name.startswith("python") else name[:40]


def _grade(desk: Desk, work: Work, lesson: FolderLesson, read: _Read) -> Graded:
    attempt = _attempt(work.submitted, read, desk.now)
    result = _run(desk, lesson, attempt)
    result = replace(result, repaired=read.collected.repaired, autograded=_without_files(result.autograded, attempt))
    cells = graded_cells(work.submitted, lesson, attempt, result)
    try:
        desk.gradebook.write_graded(
            attempt, lesson.exercises, result, timestamp=read.timestamp, handed_in=work.handed_in
        )
    except (CourseError, OSError) as error:
        log.error("a result of %s is not in the gradebook: %s", lesson.key, error)
        code = error.code if isinstance(error, Invalid) else "gradebook_unavailable"
        repaired = read.collected.repaired
        cells = ungradable_cells(work.submitted, lesson, reason=code, message=str(error), repaired=repaired)
        return Graded(work.submitted, cells)
    write_page(desk, work.submitted, lesson, cells=cells, answers=read.collected.answers)
    # What failed for reasons of its own is tried again by the next run.
    return Graded(work.submitted, cells, read.sha256 if result.verdict is Verdict.GRADED else "")


def _attempt(submitted: Submitted, read: _Read, now: datetime) -> Attempt:
    """Return the submission as the gradebook knows one."""
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
        answers=read.collected.answers,
        created_at=read.timestamp or now,
    )


def _run(desk: Desk, lesson: FolderLesson, attempt: Attempt) -> GradingResult:
    """Return the result; a grading that fails for its own reasons is tried again, then left to a person."""
    code = ""
    for _ in range(TRIES):
        try:
            return desk.grader.grade(lesson.to_grade, attempt.answers, seed=student_id_of(attempt.learner))
        except Unavailable as refusal:
            code = refusal.code
            log.warning("grading %s failed: %s", attempt.lesson, refusal)
    return GradingResult(Verdict.NEEDS_REVIEW, reason=code)


def _without_files(autograded: str, attempt: Attempt) -> str:
    """Return the executed notebook without the cell that wrote the files; a grader has the files themselves."""
    if FILES_KEY not in attempt.answers or not autograded:
        return autograded
    notebook = json.loads(autograded)
    notebook["cells"] = [cell for cell in notebook["cells"] if added_key_of(cell) != FILES_KEY]
    return json.dumps(notebook, ensure_ascii=False, indent=1)


def _sha256(lesson: str, content: bytes, timestamp: str | None) -> str:
    digest = hashlib.sha256(content)
    digest.update(f"\n{timestamp}\n{lesson}".encode())
    return digest.hexdigest()
