"""Where the gradebook may be, and what an unusable one is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trailbook.adapters.nbgrader import NbgraderGradebook
from trailbook.domain.course import Course
from trailbook.domain.errors import Invalid, Unavailable

COURSE = Course("c", "C", "", "en", ())


def configure(path: Path, url: str) -> NbgraderGradebook:
    """Return the gradebook of a course configured with a database address."""
    (path / "nbgrader_config.py").write_text(f"c.CourseDirectory.db_url = {url!r}\n")
    return NbgraderGradebook(path)


def test_address_in_the_configuration_is_used(tmp_path: Path) -> None:
    configure(tmp_path, "sqlite:///grades of 2026.db").register(COURSE, {})
    assert [path.name for path in tmp_path.glob("*.db")] == ["grades of 2026.db"]


@pytest.mark.parametrize(
    "url", ["sqlite:////tmp/elsewhere.db", "sqlite:///../x.db", "mysql://host/x", "no address", "sqlite://", "sqlite:///link.db"]
)  # fmt: skip
def test_address_outside_the_course_is_refused(tmp_path: Path, url: str) -> None:
    course = tmp_path / "course"
    course.mkdir()
    (course / "link.db").symlink_to(tmp_path / "trailbook.db")
    with pytest.raises(Invalid, match="db_url"):
        configure(course, url).register(COURSE, {})
    assert [path.name for path in tmp_path.iterdir()] == ["course"]


def test_gradebook_of_another_nbgrader_names_the_command(tmp_path: Path) -> None:
    gradebook = NbgraderGradebook(tmp_path)
    gradebook.register(COURSE, {})
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'old'")
        database.commit()
    with pytest.raises(Unavailable, match="nbgrader db upgrade"):
        gradebook.register(COURSE, {})


def test_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_text("this is no database, and it is longer than a header of one" * 20)
    with pytest.raises(Unavailable, match="cannot be used now"):
        NbgraderGradebook(tmp_path).register(COURSE, {})


def test_gradebook_that_another_holds_is_unavailable_after_the_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbook.adapters.nbgrader.settings.LOCK_TIMEOUT_SECONDS", 0.1)
    gradebook = NbgraderGradebook(tmp_path)
    gradebook.register(COURSE, {})
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as grader:
        grader.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable, match="locked"):
            gradebook.register(COURSE, {})
    gradebook.register(COURSE, {})


def test_looking_for_grades_makes_no_gradebook(tmp_path: Path) -> None:
    assert NbgraderGradebook(tmp_path).manual_grades("") == ("", ())
    assert list(tmp_path.iterdir()) == []
