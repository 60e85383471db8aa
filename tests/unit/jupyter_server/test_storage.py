"""Files that cannot escape their folder and cannot be half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from trailbook.domain.course import LessonKey
from trailbook_server.services.lessons.files import is_safe, write_files
from trailbook_server.storage import lesson_folder, read_json, safe_name, write_json


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "../../etc", "a\0b", "~", "%2e", "x" * 5000, "ü" * 200, "a\nb"])
def test_safe_name_stays_one_name_in_its_folder(name: str, tmp_path: Path) -> None:
    path = tmp_path / safe_name(name)
    path.write_text("here")
    assert [child.name for child in tmp_path.iterdir()] == [path.name]


def test_safe_names_differ_for_different_names() -> None:
    names = ["a", "A", "a.", "a%", "a%25", "a/", "a\\", "ä", "a b", "", "%", "x" * 400, "x" * 401]
    assert len({safe_name(name) for name in names}) == len(names)


def test_lesson_folder_is_below_its_root(tmp_path: Path) -> None:
    folder = lesson_folder(tmp_path, "..", LessonKey("..", "../../x"))
    assert folder.resolve().is_relative_to(tmp_path.resolve())
    assert folder.parent.parent.parent == tmp_path


def test_json_comes_back_as_written(tmp_path: Path) -> None:
    file = tmp_path / "new" / "drafts.json"
    write_json(file, {"text": "naïve ü"})
    assert read_json(file) == {"text": "naïve ü"}
    assert [child.name for child in file.parent.iterdir()] == ["drafts.json"]


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe"])
def test_unreadable_json_is_set_aside(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "drafts.json"
    file.write_bytes(content)
    assert read_json(file) == {}
    assert (tmp_path / "drafts.unreadable").read_bytes() == content


@pytest.mark.parametrize("name", ["../up", "/etc/passwd", "", "a/../../b", "a\0b"])
def test_paths_that_leave_the_folder_are_not_safe(name: str) -> None:
    assert not is_safe(name)


def test_files_are_written_beside_the_learners_own(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    write_files({"img/a.png": b"new", "data.csv": b"1"}, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "img" / "a.png").read_bytes() == b"new"
    assert (tmp_path / "data.csv").read_bytes() == b"1"


def test_files_do_not_follow_a_link_the_learner_made(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "work"
    outside.mkdir()
    folder.mkdir()
    (folder / "img").symlink_to(outside)
    write_files({"img/a.png": b"new"}, folder)
    assert list(outside.iterdir()) == []
