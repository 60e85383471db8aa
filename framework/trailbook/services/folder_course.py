"""The course in a folder and its lessons, ready to grade: with a `course.yaml` or without one."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from trailbook.domain.course import Course, GradingRules, InProcess, Lesson, LessonKey, Module
from trailbook.domain.errors import CourseError, Invalid, NotFound, ProblemsFound, Unavailable
from trailbook.domain.exercise import Exercise
from trailbook.domain.exercise_packages import packages_of
from trailbook.domain.names import find_name_fault, nearest_of
from trailbook.domain.notebook import exercises_of
from trailbook.domain.problem import errors_of
from trailbook.services.adopt import course_name_from, readable
from trailbook.services.ports import Grader, LessonToGrade, Recording, Stripper
from trailbook.services.ports.submissions import GradingState, NbgraderFolder

CANNOT_BE_GRADED = frozenset({"no_kernel", "no_grade_id", "duplicate_grade_id"})
"""What in an author's notebook keeps it from being graded; other problems keep it from being released only."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FolderLesson:
    """A lesson of the folder, as its submissions are graded."""

    key: LessonKey
    to_grade: LessonToGrade
    exercises: tuple[Exercise, ...]


def read_course(folder: NbgraderFolder) -> Course:
    """Return the folder's course: as its manifest says, else made of what lies under `source/`.

    Raises
    ------
    Invalid
        ``course_unusable``: `course.yaml` has problems, or there is nothing under `source/`.
    """
    if folder.has_manifest():
        course, problems = folder.read_manifest()
        if course is None:
            found = [problem.as_plain() for problem in problems]
            raise Invalid("course_unusable", "Nothing was graded: course.yaml has problems.", problems=found)
        return course
    keys = [
        key
        for key in folder.source_lessons()
        if not (find_name_fault(key.module, kind="module") or find_name_fault(key.name, kind="lesson"))
    ]
    if not keys:
        message = f"Nothing was graded: {folder.path} has no notebook under source/MODULE/. Is this the course folder?"
        raise Invalid("course_unusable", message)
    name = course_name_from(folder.course_id or folder.path.rstrip("/").rpartition("/")[2]) or "course"
    modules = tuple(
        Module(module, readable(module), tuple(Lesson(key, readable(key.name)) for key in members))
        for module, members in groupby(keys, key=lambda key: key.module)
    )
    # Nobody can have declared anything: what the reference solution needs is what there is.
    rules = GradingRules(in_process=InProcess.AUTOMATIC)
    return Course(name, readable(name), "", "en", modules, grading=folder.nbgrader_limits(), rules=rules)


def refuse_unknown(course: Course, modules: Collection[str]) -> None:
    """Raise `NotFound` (``unknown_module``) for a module that the course does not have."""
    names = [module.name for module in course.modules]
    for name in modules:
        if name not in names:
            message = f"The course {course.title} has no module {name}.{nearest_of(name, names)}"
            raise NotFound("unknown_module", message, course=course.name, module=name)


def prepare_lessons(
    folder: NbgraderFolder, stripper: Stripper, course: Course, wanted: Collection[LessonKey]
) -> Mapping[LessonKey, FolderLesson]:
    """Return the lessons among those wanted that can be graded; what keeps one from it is told in the log."""
    present = set(folder.source_lessons())
    ready = {}
    for key in (lesson.key for lesson in course.lessons()):
        if key in wanted and key in present:
            lesson = _prepare(folder, stripper, course, key)
            if lesson is not None:
                ready[key] = lesson
    return ready


def with_contract(lesson: FolderLesson, grader: Grader, course: Course, state: GradingState) -> FolderLesson:
    """Return the lesson with what its reference solution showed, recorded once for its content and this Python."""
    rules = course.rules
    prefix = f"{lesson.key}/"
    declared = tuple(cell.removeprefix(prefix) for cell in rules.in_process_cells if cell.startswith(prefix))
    sha256 = content_of(lesson, state.environment(), declared, rules.in_process)
    contract = state.find_contract(sha256)
    if contract is None:
        try:
            recording = _record(lesson, grader, declared, rules.in_process)
        except Unavailable as refusal:
            log.warning("the reference solution of %s could not be run: %s", lesson.key, refusal)
            return lesson
        contract = recording.contract
        if not recording.reference.reason:  # what stopped it this once must not stay
            state.put_contract(sha256, contract)
    return replace(lesson, to_grade=replace(lesson.to_grade, contract=contract))


def _record(lesson: FolderLesson, grader: Grader, declared: Sequence[str], rule: InProcess) -> Recording:
    """Return what the reference solution showed.

    A test that it does not pass, as where the source has no solutions, showed nothing to hold answers against. Then it
    runs in the learner's process, so that honest work has its points, unless the course forbids that.
    """
    recording = grader.record(lesson.to_grade, declared=declared, rule=rule)
    failed = [test.grade_id for test in recording.reference.tests if test.score <= 0 < test.max_score]
    new = [name for name in failed if name not in recording.in_process]
    if not new or rule is InProcess.FORBIDDEN or recording.reference.reason:
        return recording
    message = "the author's solution of %s does not pass %s: these tests run beside learners' code and can be forged"
    log.warning(message, lesson.key, ", ".join(new))
    return grader.record(lesson.to_grade, declared=[*declared, *new], rule=rule)


def content_of(lesson: FolderLesson, environment: str, declared: Collection[str], rule: InProcess) -> str:
    """Return the hash of all that decides how a lesson's tests run."""
    to_grade = lesson.to_grade
    said = json.dumps(
        [to_grade.source, environment, sorted(declared), rule, to_grade.packages, sorted(to_grade.data)], sort_keys=True
    )
    digest = hashlib.sha256(said.encode())
    for path, content in sorted(to_grade.files.items()):
        digest.update(f"\n{path}\n{hashlib.sha256(content).hexdigest()}".encode())
    return digest.hexdigest()


def _prepare(folder: NbgraderFolder, stripper: Stripper, course: Course, key: LessonKey) -> FolderLesson | None:
    lesson = folder.read_lesson(key)
    stopping = [problem for problem in errors_of(lesson.problems) if problem.code in CANNOT_BE_GRADED]
    if lesson.notebook is None or stopping:
        log.warning("%s cannot be graded: %s", key, [problem.message for problem in lesson.problems])
        return None
    try:
        source = stripper.prepare(lesson.notebook, lesson.files)
        released = stripper.strip(lesson.notebook, lesson.files)
    except ProblemsFound as refusal:
        log.warning("%s cannot be graded: %s", key, refusal.details.get("problems"))
        return None
    except CourseError as refusal:
        log.warning("%s cannot be graded: %s", key, refusal)
        return None
    exercises = exercises_of(source)
    to_grade = LessonToGrade(
        source,
        released,
        lesson.files,
        course.limits_of(key, None),
        packages=packages_of(course, key, exercises),
        data={path: f"{folder.path}/{path}" for path in course.rules.data},
    )
    return FolderLesson(key, to_grade, exercises)
