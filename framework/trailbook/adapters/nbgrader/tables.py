"""Opening a course's gradebook, making its tables first where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.script import ScriptDirectory
from nbgrader.api import Base, Gradebook, InvalidEntry
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import create_engine, inspect, text
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
        reason = error.orig if isinstance(error, DBAPIError) else error
        message = f"The gradebook of {course.root.name} cannot be used now: {reason}. Try again."
        raise Unavailable("gradebook_unavailable", message) from error


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
