"""Writes the feedback pages of graded submissions once more, with what graders have added since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trailbook.domain.collect import answers_from
from trailbook.domain.errors import CourseError
from trailbook.domain.submitted_notebook import read_submitted
from trailbook.services.feedback import FeedbackPages, feedback_page
from trailbook.services.folder_course import FolderLesson, prepare_lessons, read_course, refuse_unknown
from trailbook.services.grade_submission import MAX_SUBMISSION_BYTES
from trailbook.services.graded_cells import GradedCell
from trailbook.services.ports import Stripper
from trailbook.services.ports.submissions import FolderGradebook, GradingState, NbgraderFolder, Submissions, Submitted


@dataclass(frozen=True)
class FeedbackWriting:
    """What writing feedback works with."""

    folder: NbgraderFolder
    submissions: Submissions
    stripper: Stripper
    gradebook: FolderGradebook
    state: GradingState
    pages: FeedbackPages
    now: datetime


def write_feedback(writing: FeedbackWriting, modules: Collection[str] = ()) -> Iterator[tuple[Submitted, bool]]:
    """Yield each submission, and whether its page was written: not for one that has not been graded as it is known.

    Parameters
    ----------
    modules
        The modules to write for; all when empty.

    Raises
    ------
    Invalid
        ``course_unusable``: there is no course here.
    NotFound
        ``unknown_module``: the course has no module of this name.
    """
    course = read_course(writing.folder)
    refuse_unknown(course, modules)
    found = [each for each in writing.submissions.find_all() if not modules or each.lesson.module in modules]
    lessons = prepare_lessons(writing.folder, writing.stripper, course, {each.lesson for each in found})
    for submitted in found:
        lesson, graded = lessons.get(submitted.lesson), writing.state.find_graded(submitted)
        if lesson is None or graded is None:
            yield submitted, False
            continue
        page = feedback_page(
            course,
            lesson,
            submitted.student,
            cells=[_cell(plain) for plain in graded["cells"]],
            answers=_answers(writing, submitted, lesson),
            scores=writing.gradebook.scores(submitted.lesson, submitted.student),
            now=writing.now,
        )
        writing.pages.write(page)
        yield submitted, True


def _cell(plain: Mapping[str, Any]) -> GradedCell:
    return GradedCell(**{**plain, "repaired": tuple(plain["repaired"])})


def _answers(writing: FeedbackWriting, submitted: Submitted, lesson: FolderLesson) -> Mapping[str, str]:
    try:
        content = writing.submissions.read(submitted, max_bytes=MAX_SUBMISSION_BYTES)
        return answers_from(read_submitted(content)[0], lesson.to_grade.released).answers
    except (CourseError, OSError):  # changed since it was graded: the points stand, the text is not there
        return {}
