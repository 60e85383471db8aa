from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.course_files import folder as module
from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Invalid

from .notebooks import answer, asserts, markdown, notebook

MANIFEST = "name: c\nmodules:\n  - name: m\n    lessons:\n      - name: l\n"
KEY = LessonKey("m", "l")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a course folder with one lesson."""
    path = tmp_path / "a course"
    (path / "source" / "m").mkdir(parents=True)
    (path / "course.yaml").write_text(MANIFEST)
    write(path, notebook(markdown("# L"), answer("a", "1"), asserts("t", "")))
    return path


def write(root: Path, value: Any, key: LessonKey = KEY) -> None:
    (root / "source" / f"{key}.ipynb").write_text(value if isinstance(value, str) else json.dumps(value))


def problems_of(root: Path) -> list[tuple[str, str]]:
    return [(problem.code, problem.file) for problem in CourseFilesFolder(root).read_lesson(KEY).problems]


def test_sound_course_is_read(root: Path) -> None:
    folder = CourseFilesFolder(root)
    course, problems = folder.read_manifest()
    assert course is not None
    assert (course.name, list(problems), folder.path, folder.source_lessons()) == ("c", [], str(root), [KEY])
    lesson = folder.read_lesson(KEY)
    assert lesson.notebook is not None
    assert [cell["id"] for cell in lesson.notebook["cells"]] == ["cell-0", "cell-1", "cell-2"]
    assert (lesson.files, lesson.problems) == ({}, ())


def test_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no folder"):
        CourseFilesFolder(tmp_path / "none")


def test_missing_manifest_is_a_problem_that_says_what_to_do(root: Path) -> None:
    (root / "course.yaml").unlink()
    course, (problem,) = CourseFilesFolder(root).read_manifest()
    assert (course, problem.code) == (None, "no_manifest")
    assert "trailbook init" in problem.message


def test_manifest_that_is_a_link_or_no_text_is_a_problem(root: Path, tmp_path: Path) -> None:
    (root / "course.yaml").write_bytes(b"name: \xff")
    assert [p.code for p in CourseFilesFolder(root).read_manifest()[1]] == ["no_yaml"]
    (tmp_path / "elsewhere.yaml").write_text(MANIFEST)
    (root / "course.yaml").unlink()
    (root / "course.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert [p.code for p in CourseFilesFolder(root).read_manifest()[1]] == ["not_a_real_file"]


def test_manifest_and_folder_that_differ_are_warned_of(root: Path) -> None:
    write(root, notebook(), LessonKey("m", "extra"))
    (root / "course.yaml").write_text(f"{MANIFEST}      - name: planned\n")
    course, problems = CourseFilesFolder(root).read_manifest()
    assert course is not None
    assert [(p.code, p.warning) for p in problems] == [("no_notebook_for_lesson", True), ("not_in_manifest", True)]


def test_nbgrader_settings_that_cannot_be_followed_are_problems(root: Path) -> None:
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.source_directory = 'src'\n")
    _, problems = CourseFilesFolder(root).read_manifest()
    assert [(p.code, p.line, p.warning) for p in problems] == [("nbgrader_config", 2, False)]


@pytest.mark.parametrize(
    ("text", "code"), [("{", "no_json"), ("[]", "no_notebook"), ("\ud800", "no_json"), (None, "no_notebook")]
)
def test_broken_notebook_is_a_problem(root: Path, text: str | None, code: str) -> None:
    file = root / "source" / "m" / "l.ipynb"
    file.unlink() if text is None else file.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert problems_of(root) == [(code, "source/m/l.ipynb")]


def test_notebook_that_is_a_link_is_a_problem(root: Path, tmp_path: Path) -> None:
    file = root / "source" / "m" / "l.ipynb"
    file.rename(tmp_path / "other.ipynb")
    file.symlink_to(tmp_path / "other.ipynb")
    assert problems_of(root) == [("not_a_real_file", "source/m/l.ipynb")]


def test_files_beside_the_notebooks_are_collected_without_what_nbgrader_ignores(root: Path) -> None:
    beside = root / "source" / "m"
    for path in ("picture.png", "data/a.csv", ".hidden", ".ipynb_checkpoints/l.ipynb", "__pycache__/x.pyc", "o.ipynb"):
        (beside / path).parent.mkdir(exist_ok=True)
        (beside / path).write_bytes(b"x")
    assert CourseFilesFolder(root).read_lesson(KEY).files == {"data/a.csv": b"x", "picture.png": b"x"}
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.ignore = ['*.png', '__pycache__']\n")
    assert CourseFilesFolder(root).read_lesson(KEY).files == {"data/a.csv": b"x"}


def test_link_among_the_files_is_a_problem_and_not_released(root: Path, tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_text("secret")
    (root / "source" / "m" / "data.csv").symlink_to(tmp_path / "gradebook.db")
    (root / "source" / "m" / "folder").symlink_to(tmp_path)
    lesson = CourseFilesFolder(root).read_lesson(KEY)
    assert lesson.files == {}
    assert [(p.code, p.file) for p in lesson.problems] == [
        ("not_a_real_file", "source/m/data.csv"),
        ("not_a_real_file", "source/m/folder"),
    ]


def test_module_that_is_a_link_has_no_lessons(root: Path, tmp_path: Path) -> None:
    (root / "source" / "m").rename(tmp_path / "m")
    (root / "source" / "m").symlink_to(tmp_path / "m")
    assert CourseFilesFolder(root).source_lessons() == []
    assert {code for code, _ in problems_of(root)} == {"not_a_real_file"}


def test_files_that_are_too_large_together_are_a_problem(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES_BYTES", 5)
    for name in ("a.csv", "b.csv"):
        (root / "source" / "m" / name).write_bytes(b"1234")
    assert problems_of(root) == [("file_too_large", "source/m/b.csv")]


def test_name_from_another_file_system_is_found(root: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "übung")
    (root / "source" / "m" / "l.ipynb").rename(root / "source" / "m" / f"{decomposed}.ipynb")
    folder = CourseFilesFolder(root)
    key = LessonKey("m", "\u00fcbung")
    assert folder.source_lessons() == [key]
    assert folder.read_lesson(key).notebook is not None


def test_release_is_written_to_release(root: Path) -> None:
    folder = CourseFilesFolder(root)
    folder.write_release(KEY, {"cells": []}, {"data/a.csv": b"x"})
    assert json.loads((root / "release" / "m" / "l.ipynb").read_text()) == {"cells": []}
    assert (root / "release" / "m" / "data" / "a.csv").read_bytes() == b"x"
