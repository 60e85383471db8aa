"""What the commands need joined: use cases on one course folder, without a hub and mostly without a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trailbook.adapters.course_files import CourseFilesFolder, CourseTemplates, NewCourseFolder
from trailbook.config import load_settings
from trailbook.domain.course import LessonKey
from trailbook.domain.errors import CourseError, NotFound
from trailbook.domain.problem import refuse_problems
from trailbook.resources import resource
from trailbook.services.adopt import Adoption, adopt
from trailbook.services.check import CheckReport, check
from trailbook.services.release import ReleaseReport
from trailbook.services.start_course import StartedCourse, start_course

if TYPE_CHECKING:
    from trailbook.adapters.sandbox import SandboxGrader
    from trailbook.adapters.storage.schema import Upgrade
    from trailbook.services.compare_grading import Difference
    from trailbook.services.graded_cells import GradedCell
    from trailbook.services.ports import Grader
    from trailbook.services.ports.submissions import Submitted
    from trailbook.wiring.cluster import ClusterAddress

SERVICE_URL, SERVICE_TOKEN = "TRAILBOOK_SERVICE_URL", "JUPYTERHUB_API_TOKEN"  # names, not a token


def open_course(path: Path) -> CourseFilesFolder:
    """Return the course folder.

    Raises
    ------
    Invalid
        There is no such folder.
    NotFound
        ``no_manifest``: it has no `course.yaml`.
    """
    folder = CourseFilesFolder(path)
    if not folder.has_manifest():
        message = f"There is no course.yaml in {path}. If this is an nbgrader course, run: trailbook init {path}"
        raise NotFound("no_manifest", message, file="course.yaml")
    return folder


def check_course(path: Path, *, trial: bool = True) -> CheckReport:
    """Check the course in a folder; ``trial`` runs the reference solutions and the blank lessons, too."""
    from trailbook.adapters.nbgrader import NbgraderStripper
    from trailbook.adapters.sandbox import SandboxGrader

    folder = open_course(path)
    if not trial:
        return check(folder, NbgraderStripper(path))
    with closing(SandboxGrader()) as grader:
        with suppress(CourseError):  # which is said below
            _warm_up(grader, folder, ())
        return check(folder, NbgraderStripper(path), grader=grader)


def adopt_course(path: Path, *, name: str, title: str) -> Adoption:
    """Adopt the nbgrader course in a folder."""
    return adopt(CourseFilesFolder(path), name=name, title=title)


def template_names() -> Sequence[str]:
    """Return the names of the course templates."""
    return CourseTemplates(resource("course_templates")).names()


def new_course(template: str, path: Path, *, name: str) -> StartedCourse:
    """Start a course from a template in a new folder."""
    return start_course(CourseTemplates(resource("course_templates")), template, NewCourseFolder(path), name=name)


def release_course(
    path: Path, *, lessons: Sequence[LessonKey] | None, by: str, env: Mapping[str, str]
) -> dict[str, Any]:
    """Release lessons of the course in a folder: through the course service the environment names, else directly."""
    from trailbook.services.views import as_json

    folder = open_course(path)
    course, problems = folder.read_manifest()
    refuse_problems(problems, "Nothing was released")
    assert course is not None  # noqa: S101  # without a course there are errors, refused above
    if SERVICE_URL in env:
        from trailbook.adapters.release_client import post_release

        keys = [str(key).rstrip("/") for key in lessons or ()]
        return post_release(env[SERVICE_URL], course.name, lessons=keys, token=env.get(SERVICE_TOKEN, ""))
    from trailbook.adapters.sandbox import SandboxGrader
    from trailbook.wiring import build
    from trailbook.wiring.graders import wanted_tier

    settings = replace(load_settings(env=env), courses=(path.absolute(),))
    application = build(settings)
    try:
        with closing(SandboxGrader(insecure=settings.insecure, tier=wanted_tier(settings))) as grader:
            with suppress(CourseError):  # which is said below
                _warm_up(grader, folder, {key.module for key in lessons or ()})
            report: ReleaseReport = application.release(course.name, lessons, by=by, grader=grader)
    finally:
        application.stop()
    released: dict[str, Any] = as_json(report)
    return released


def grade_course(
    path: Path,
    modules: Collection[str],
    *,
    workers: int,
    insecure: bool,
    resume: bool = False,
    state: Path | None = None,
    cluster: ClusterAddress | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    undisturbed: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Iterator[Sequence[GradedCell]]:
    """Grade what is in the folder's `submitted/`, here or on a cluster; raises `Unavailable` where neither works.

    Parameters
    ----------
    workers
        Gradings at the same time; on a cluster, as many as it has places for where that is more.
    """
    folder = CourseFilesFolder(path)
    with ThreadPoolExecutor(1) as beside, ExitStack() as stack:
        warm: Future[None] | None = None
        grader: Grader
        if cluster is None:
            from trailbook.adapters.sandbox import SandboxGrader
            from trailbook.wiring.graders import wanted_tier

            own = SandboxGrader(insecure=insecure, spares=workers, tier=wanted_tier(load_settings()))
            grader = stack.enter_context(closing(own))
            # The sandbox tries itself out and imports what lessons need while this process imports nbgrader.
            warm = beside.submit(_warm_up, own, folder, modules)
        else:
            from trailbook.wiring.cluster import grading_on

            grader, places = stack.enter_context(grading_on(cluster))
            workers = max(workers, places)
        from trailbook.adapters.course_files.feedback_pages import FeedbackFolder
        from trailbook.adapters.course_files.grading_state import STATE_FOLDER, GradingStateFolder
        from trailbook.adapters.course_files.submissions import SubmittedFiles
        from trailbook.adapters.nbgrader import NbgraderGradebook, NbgraderStripper
        from trailbook.services.grade_folder import FolderGrading, grade_folder

        grading = FolderGrading(
            folder,
            SubmittedFiles(path),
            NbgraderStripper(path),
            NbgraderGradebook(path, trusted=True),  # whoever runs the command can run the course's plugin anyhow
            grader,
            GradingStateFolder(state or path / STATE_FOLDER, environment=cluster.environment if cluster else ""),
            FeedbackFolder(path),
            datetime.now(UTC),
            workers=workers,
        )
        if warm is not None:
            warm.result()
        yield from grade_folder(grading, modules, resume=resume, on_progress=on_progress, undisturbed=undisturbed)


def _warm_up(grader: SandboxGrader, folder: CourseFilesFolder, modules: Collection[str]) -> None:
    """Load what all the modules' lessons import, once, so that one process serves them all."""
    from trailbook.adapters.sandbox.grader import imports_of
    from trailbook.services.folder_course import read_course

    course = read_course(folder)
    keys = [lesson.key for lesson in course.lessons() if not modules or lesson.key.module in modules]
    notebooks = [folder.read_lesson(key).notebook for key in keys if key in set(folder.source_lessons())]
    grader.warm_up(course.grading, imports_of(each for each in notebooks if each is not None))


def write_course_feedback(
    path: Path, modules: Collection[str], *, state: Path | None
) -> Iterator[tuple[Submitted, bool]]:
    """Write the feedback pages of what is graded in the folder."""
    from trailbook.adapters.course_files.feedback_pages import FeedbackFolder
    from trailbook.adapters.course_files.grading_state import STATE_FOLDER, GradingStateFolder
    from trailbook.adapters.course_files.submissions import SubmittedFiles
    from trailbook.adapters.nbgrader import NbgraderGradebook, NbgraderStripper
    from trailbook.services.write_feedback import FeedbackWriting, write_feedback

    writing = FeedbackWriting(
        CourseFilesFolder(path),
        SubmittedFiles(path),
        NbgraderStripper(path),
        NbgraderGradebook(path),
        GradingStateFolder(state or path / STATE_FOLDER),
        FeedbackFolder(path),
        datetime.now(UTC),
    )
    return write_feedback(writing, modules)


def compare_with_nbgrader(
    path: Path,
    cells: Sequence[GradedCell],
    *,
    workers: int,
    insecure: bool,
    state: Path | None,
    on_progress: Callable[[int, int], None],
) -> Sequence[Difference]:
    """Grade what was just graded with nbgrader too, in copies in the state folder, and return where points differ."""
    from trailbook.adapters.course_files.grading_state import STATE_FOLDER
    from trailbook.adapters.nbgrader.theirs import NbgraderAutograde
    from trailbook.domain.names import student_id_of
    from trailbook.services.compare_grading import differences
    from trailbook.services.folder_course import read_course

    course = read_course(CourseFilesFolder(path))
    nbgrader = NbgraderAutograde(path, between=state or path / STATE_FOLDER, insecure=insecure, workers=workers)
    # Folders that are no module of the course have nothing nbgrader could make an assignment of.
    known = {module.name for module in course.modules}
    keys = [(cell.module, student_id_of(cell.learner)) for cell in cells if cell.module in known]
    return list(differences(cells, nbgrader.grade(course, keys, on_progress)))


def upgrade_database(env: Mapping[str, str]) -> Upgrade:
    """Move the database of the settings to this Trailbook's schema."""
    from trailbook.adapters.storage.schema import upgrade

    return upgrade(load_settings(env=env).database)
