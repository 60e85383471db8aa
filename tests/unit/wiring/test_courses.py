"""Course folders are found by the name their manifest gives."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trailbook.domain.errors import Invalid
from trailbook.resources import resource
from trailbook.wiring.courses import CourseFolders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course in a folder with a space in its name."""
    return Path(shutil.copytree(resource("course_templates") / "first-course", tmp_path / "my course"))


def test_course_is_found_by_its_name(folder: Path) -> None:
    courses = CourseFolders([folder])
    assert list(courses) == ["first-course"]
    assert courses["first-course"].folder.path == str(folder)
    assert courses.get("other") is None


def test_broken_manifest_stops_nobody_and_needs_no_restart(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = (folder / "course.yaml").read_text()
    (folder / "course.yaml").write_text("name: [")
    other = Path(shutil.copytree(resource("course_templates") / "first-course", tmp_path / "other"))
    (other / "course.yaml").write_text(manifest.replace("name: first-course", "name: other"))
    courses = CourseFolders([folder, other])
    assert list(courses) == ["other"]
    assert "cannot be used" in caplog.text
    (folder / "course.yaml").write_text(manifest)
    assert courses["first-course"].folder.path == str(folder)
    assert sorted(courses) == ["first-course", "other"]


def test_two_courses_of_one_name_are_refused(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    with pytest.raises(Invalid) as refusal:
        CourseFolders([folder, copy])
    assert (refusal.value.code, refusal.value.details) == ("course_twice", {"course": "first-course"})


def test_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refusal:
        CourseFolders([tmp_path / "none"])
    assert refusal.value.code == "no_course_folder"
