"""Opening a course's gradebook, making its tables first where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.script import ScriptDirectory
from nbgrader.api import Base, Gradebook, InvalidEntry
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from trailbook.adapters.nbgrader.settings import NbgraderCourse
from trailbook.domain.errors import Unavailable


@contextmanager
def open_gradebook(course: NbgraderCourse) -> Iterator[Gradebook]:
    """Open the course's gradebook and close it again.

    Raises
    ------
    Unavailable
        Another version of nbgrader made the gradebook, or it cannot be opened or written now.
    """
    url = course.database_url
    try:
        _prepare(url, course)
        gradebook = Gradebook(url, course.course_id)
        try:
            yield gradebook
        finally:
            gradebook.close()
    except (DBAPIError, InvalidEntry) as error:  # nbgrader makes an InvalidEntry of a database that is busy
        raise _unavailable(course, error.orig if isinstance(error, DBAPIError) else error) from error


class Tables:
    """Connections to a gradebook for statements of our own; its schema is looked at once for each file."""

    def __init__(self) -> None:
        self._engines: dict[str, Engine] = {}
        self._looked_at: set[tuple[str, int]] = set()

    @contextmanager
    def connect(self, course: NbgraderCourse) -> Iterator[Connection]:
        """Begin a transaction in the course's gradebook; raises as `open_gradebook` does."""
        url, file = course.database_url, course.database_file
        try:
            inode = file.stat().st_ino if file is not None and file.exists() else 0
            if inode == 0 or (url, inode) not in self._looked_at:
                _prepare(url, course)
                self._looked_at.add((url, inode))
            # No pool: nbgrader's tools may replace the file between two submissions.
            engine = self._engines.setdefault(url, create_engine(url, poolclass=NullPool))
            with engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise _unavailable(course, error.orig) from error


def _unavailable(course: NbgraderCourse, reason: object) -> Unavailable:
    message = f"The gradebook of {course.root.name} cannot be used now: {reason}. Try again."
    return Unavailable("gradebook_unavailable", message)


def _prepare(url: str, course: NbgraderCourse) -> None:
    """Make nbgrader's tables in an empty database, in this process: nbgrader itself would run `alembic` for it."""
    engine = create_engine(url)
    head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    try:
        with engine.begin() as connection:
            tables = inspect(connection).get_table_names()
            if not tables:
                Base.metadata.create_all(connection)
                connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
                connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
                return
            known = "alembic_version" in tables
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    finally:
        engine.dispose()
    if version != head:
        message = (
            f"The gradebook of {course.root.name} was made by another version of nbgrader. "
            "Copy it, then run in the course folder: nbgrader db upgrade"
        )
        raise Unavailable("gradebook_schema", message)
