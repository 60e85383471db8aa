"""A course's nbgrader configuration, header and footer, and where its gradebook is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.errors import Invalid, ProblemsFound
from trailbook.domain.nbgrader_config import JSON_FILE, PYTHON_FILE, NbgraderSettings, read_settings
from trailbook.domain.notebook_format import read_notebook
from trailbook.domain.problem import Problem, refuse_problems
from trailbook.services.ports import Notebook

MAX_CONFIG_BYTES = 1_000_000
MAX_NOTEBOOK_BYTES = 10_000_000
LOCK_TIMEOUT_SECONDS = 30

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class NbgraderCourse:
    """What nbgrader knows of a course folder."""

    root: Path
    settings: NbgraderSettings

    @classmethod
    def read(cls, root: Path | str) -> NbgraderCourse:
        """Return the configuration of the course folder; what cannot be followed is reported when it is checked."""
        folder = SafeFolder(Path(root).absolute())
        texts = []
        for name in (PYTHON_FILE, JSON_FILE):
            content = folder.find(name, max_bytes=MAX_CONFIG_BYTES)
            texts.append(None if content is None else content.decode("utf-8", errors="replace"))
        return cls(folder.root, read_settings(texts[0], texts[1])[0])

    @property
    def course_id(self) -> str:
        """Return nbgrader's own name for the course."""
        return str(self.settings.get("CourseDirectory", {}).get("course_id", "")).strip() or "default_course"

    @property
    def database_url(self) -> str:
        """Return the gradebook's address.

        Raises
        ------
        Invalid
            The configuration names a file outside the course folder, or a database Trailbook does not use. The
            course's staff may change the configuration, and must not reach the service's other files with it.
        """
        given = str(self.settings.get("CourseDirectory", {}).get("db_url", ""))
        try:
            url = make_url(given) if given else make_url("sqlite:///gradebook.db")
        except ArgumentError as error:
            raise _bad_url(given, "is no database address") from error
        if url.get_backend_name() not in DATABASES:
            raise _bad_url(given, f"is none of {' and '.join(DATABASES)}")
        if url.get_backend_name() == "postgresql":
            return given
        path = (self.root / (url.database or "")).resolve()
        if not path.is_relative_to(self.root.resolve()) or path.is_dir():
            raise _bad_url(given, "is outside the course folder")
        # A grader's browser may hold the database for a moment: wait for it rather than fail.
        return f"sqlite:///{path}?timeout={LOCK_TIMEOUT_SECONDS}"

    @property
    def database_file(self) -> Path | None:
        """Return the gradebook's file, or None when it is on a server."""
        url = make_url(self.database_url)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    def read_extra(self, which: str) -> Notebook | None:
        """Return the notebook that ``IncludeHeaderFooter.header`` (or ``footer``) names, or None.

        Raises
        ------
        ProblemsFound
            It cannot be read.
        """
        given = str(self.settings.get("IncludeHeaderFooter", {}).get(which, ""))
        if not given:
            return None
        path = PurePosixPath(given)
        if path.is_absolute():
            if not path.is_relative_to(PurePosixPath(self.root)):
                raise _refuse_extra(which, f"{given} is outside the course folder. Put it in source/.")
            path = path.relative_to(PurePosixPath(self.root))
        try:
            text = SafeFolder(self.root).read(str(path), max_bytes=MAX_NOTEBOOK_BYTES).decode("utf-8")
        except FileNotFoundError as error:
            raise _refuse_extra(which, f"{given} does not exist.") from error
        except UnicodeDecodeError as error:
            raise _refuse_extra(which, f"{given} is no UTF-8 text.") from error
        except Invalid as error:
            raise _refuse_extra(which, error.message) from error
        notebook, problems = read_notebook(text, str(path))
        refuse_problems(problems, f"The {which} cannot be used")
        return notebook


def _refuse_extra(which: str, message: str) -> ProblemsFound:
    problem = Problem("nbgrader_config", f"IncludeHeaderFooter.{which}: {message}", PYTHON_FILE)
    return ProblemsFound("problems_found", problem.message, problems=[problem.as_plain()])


def _bad_url(given: str, what: str) -> Invalid:
    return Invalid("gradebook_address", f"CourseDirectory.db_url: {given!r} {what}. Remove it from {PYTHON_FILE}.")
