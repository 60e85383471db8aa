"""Grades what lies in `submitted/`, several at a time; one broken submission never keeps another from its result."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from trailbook.domain.course import Course, InProcess, LessonKey
from trailbook.services.feedback import FeedbackPages
from trailbook.services.folder_course import (
    FolderLesson,
    content_of,
    prepare_lessons,
    read_course,
    refuse_unknown,
    with_contract,
)
from trailbook.services.grade_submission import MAX_SUBMISSION_BYTES, Desk, Graded, Work, grade_submission
from trailbook.services.graded_cells import GradedCell, ungradable_cells
from trailbook.services.ports import Grader, Stripper
from trailbook.services.ports.submissions import FolderGradebook, GradingState, NbgraderFolder, Submissions, Submitted

STOP_SECONDS = 1.0  # for gradings under way, once the run is to stop

log = logging.getLogger(__name__)

OnProgress = Callable[[int, int], None]
"""Told how many submissions are done, of how many."""


@dataclass(frozen=True)
class FolderGrading:
    """What grading a folder works with."""

    folder: NbgraderFolder
    submissions: Submissions
    stripper: Stripper
    gradebook: FolderGradebook
    grader: Grader
    state: GradingState
    pages: FeedbackPages
    now: datetime
    workers: int = 2
    max_bytes: int = MAX_SUBMISSION_BYTES


def grade_folder(
    grading: FolderGrading,
    modules: Collection[str] = (),
    *,
    resume: bool = False,
    on_progress: OnProgress = lambda done, total: None,
    undisturbed: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Iterator[Sequence[GradedCell]]:
    """Yield the outcome of each submission as it is done, and write it to gradebook and `autograded/`.

    When the run is interrupted, gradings under way have a second to end; what was graded is kept.

    Parameters
    ----------
    modules
        The modules to grade; all when empty.
    resume
        Leave out what was graded as it is now, such as by a run that was stopped.
    undisturbed
        Is entered while an outcome is told and kept, so that no interruption comes between the two.

    Raises
    ------
    Invalid
        ``course_unusable``: there is no course here that can be graded.
    NotFound
        ``unknown_module``: the course has no module of this name.
    """
    course = read_course(grading.folder)
    refuse_unknown(course, modules)
    found = [each for each in grading.submissions.find_all() if not modules or each.lesson.module in modules]
    ready = prepare_lessons(grading.folder, grading.stripper, course, {each.lesson for each in found})
    with ThreadPoolExecutor(grading.workers) as pool:
        recorded = {
            key: pool.submit(with_contract, lesson, grading.grader, course, grading.state)
            for key, lesson in ready.items()
        }
        grading.gradebook.register(course, {key: lesson.to_grade.source for key, lesson in ready.items()})
        lessons = {key: future.result() for key, future in recorded.items()}
    desk = _desk(grading, course)
    work = _work(course, found, lessons, grading.state.environment())
    on_progress(0, len(work))
    for done, graded in enumerate(_in_parallel(desk, work, workers=grading.workers, resume=resume), start=1):
        on_progress(done, len(work))
        if graded.cells:
            with undisturbed():
                yield graded.cells
                graded.keep(grading.state)  # not before: what nobody was told of is done again


def _desk(grading: FolderGrading, course: Course) -> Desk:
    return Desk(
        grading.submissions,
        grading.gradebook,
        grading.grader,
        grading.state,
        grading.pages,
        course,
        grading.now,
        max_bytes=grading.max_bytes,
    )


def _work(
    course: Course, found: Sequence[Submitted], lessons: Mapping[LessonKey, FolderLesson], environment: str
) -> list[Work]:
    contents = {key: content_of(lesson, environment, (), InProcess.DECLARED) for key, lesson in lessons.items()}
    handed_in: dict[tuple[str, str], list[str]] = {}
    for each in found:
        handed_in.setdefault((each.student, each.lesson.module), []).append(each.lesson.name)
    return [
        Work(
            each,
            lessons.get(each.lesson),
            content=contents.get(each.lesson, ""),
            why_not="unknown_lesson" if course.find_lesson(each.lesson) is None else "lesson_has_problems",
            handed_in=handed_in[each.student, each.lesson.module],
        )
        for each in found
    ]


Outcome = Graded | BaseException


def _in_parallel(desk: Desk, work: Sequence[Work], *, workers: int, resume: bool) -> Iterator[Graded]:
    """Yield each submission's outcome in the order they end."""
    waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()
    outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    for each in work:
        waiting.put(each)
    stop = threading.Event()

    def grade() -> None:
        while not stop.is_set():
            try:
                mine = waiting.get_nowait()
            except queue.Empty:
                return
            outcomes.put(_grade_surely(desk, mine, resume=resume))

    # Daemons: nothing waits for an endless loop in a submission when the run is to stop.
    threads = [
        threading.Thread(target=grade, name=f"trailbook-grade-{number}", daemon=True)
        for number in range(min(workers, len(work)))
    ]
    for thread in threads:
        thread.start()
    left = len(work)
    try:
        while left:
            yield _checked(outcomes.get())
            left -= 1
    finally:
        stop.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))


def _checked(outcome: Outcome) -> Graded:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _grade_surely(desk: Desk, work: Work, *, resume: bool) -> Outcome:
    """Return the outcome of one submission, whatever happens: a fault of ours must not end the batch."""
    try:
        return grade_submission(desk, work, resume=resume)
    except Exception:
        log.exception("grading %s of a submission failed", work.submitted.lesson)
        message = "Trailbook failed on this submission. Its log says how; a person has to grade it."
        cells = ungradable_cells(work.submitted, work.lesson, reason="internal_error", message=message)
        return Graded(work.submitted, [replace(cell, status="needs_review") for cell in cells])
    except BaseException as error:  # noqa: BLE001 - told to who waits for the outcome, in the main thread
        return error
