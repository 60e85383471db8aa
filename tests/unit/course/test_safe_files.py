from __future__ import annotations

import os
from pathlib import Path

import pytest

from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.errors import Invalid, TooLarge, Unavailable


@pytest.fixture
def folder(tmp_path: Path) -> SafeFolder:
    """Return a folder with a file, beside a secret it must never reach."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_text("secret")
    root = tmp_path / "a course"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "data.csv").write_bytes(b"1,2")
    return SafeFolder(root)


def test_files_are_read_and_written_below_the_folder(folder: SafeFolder) -> None:
    folder.write("te<s'&\">t ü/new/x.txt", b"text")
    assert folder.read("te<s'&\">t ü/new/x.txt", max_bytes=4) == b"text"
    assert list(folder.walk("")) == [("sub/data.csv", "file"), ("te<s'&\">t ü/new/x.txt", "file")]
    assert folder.find("none.txt", max_bytes=1) is None
    assert folder.entries("none") == []


def test_writing_the_same_again_touches_nothing(folder: SafeFolder) -> None:
    folder.write("x", b"1")
    before = (folder.root / "x").stat()
    folder.write("x", b"1")
    after = (folder.root / "x").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    folder.write("x", b"2")
    assert folder.read("x", max_bytes=1) == b"2"
    assert [name for name, _ in folder.entries("")] == ["sub", "x"]


@pytest.mark.parametrize("path", ["", "/etc/hostname", "../secret/key.txt", "sub/../../secret/key.txt", "a\0b"])
def test_path_that_leaves_the_folder_is_refused(folder: SafeFolder, path: str) -> None:
    with pytest.raises(Invalid):
        folder.read(path, max_bytes=100)
    with pytest.raises(Invalid):
        folder.write(path, b"x")


def test_links_are_never_followed(folder: SafeFolder, tmp_path: Path) -> None:
    (folder.root / "file").symlink_to(tmp_path / "secret" / "key.txt")
    (folder.root / "folder").symlink_to(tmp_path / "secret")
    for path in ("file", "folder/key.txt"):
        with pytest.raises(Invalid, match="link"):
            folder.read(path, max_bytes=100)
    with pytest.raises(Invalid, match="link"):
        folder.write("folder/new.txt", b"x")
    with pytest.raises(Invalid, match="link"):
        folder.entries("folder")
    folder.write("file", b"mine")
    assert (tmp_path / "secret" / "key.txt").read_text() == "secret"
    assert not (tmp_path / "secret" / "new.txt").exists()
    assert list(folder.walk("")) == [("file", "file"), ("folder", "other"), ("sub/data.csv", "file")]


def test_pipe_is_no_file_and_nobody_waits_for_it(folder: SafeFolder) -> None:
    os.mkfifo(folder.root / "pipe")
    with pytest.raises(Invalid):
        folder.read("pipe", max_bytes=100)
    assert ("pipe", "other") in folder.entries("")


def test_large_file_is_refused_and_folder_is_no_file(folder: SafeFolder) -> None:
    with pytest.raises(TooLarge):
        folder.read("sub/data.csv", max_bytes=2)
    with pytest.raises(Invalid):
        folder.read("sub", max_bytes=100)
    with pytest.raises(Invalid):
        folder.write("sub", b"x")


def test_name_that_is_too_long_is_unavailable_and_leaves_nothing_behind(folder: SafeFolder) -> None:
    for path in ("x" * 256, f"{'x' * 256}/y"):
        with pytest.raises(Unavailable, match="too long"):
            folder.write(path, b"x")
    assert [name for name, _ in folder.entries("")] == ["sub"]
