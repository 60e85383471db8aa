"""The keeper of a child without namespaces: what it counts in the child's folder, and how it removes that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trailbook.adapters.sandbox.inside.keeper import MOST_FILES, holds_more, remove


def test_bytes_of_all_files_below_a_folder_count(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    for name in ("a/one", "a/b/two"):
        (tmp_path / name).write_bytes(bytes(50_000))
    assert not holds_more(tmp_path, 150_000)
    assert holds_more(tmp_path, 75_000)


def test_sparse_files_and_targets_of_links_cost_nothing(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10**12)
    (tmp_path / "link").symlink_to("/usr")
    assert not holds_more(tmp_path, 10_000)


def test_number_of_files_counts(tmp_path: Path) -> None:
    (tmp_path / "0").touch()
    for number in range(1, MOST_FILES):
        os.link(tmp_path / "0", tmp_path / str(number))
    assert not holds_more(tmp_path, 10_000)
    os.link(tmp_path / "0", tmp_path / "one more")
    assert holds_more(tmp_path, 10_000)


def test_folders_too_deep_to_count_are_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(30):
        Path("x" * 200).mkdir()
        os.chdir("x" * 200)
    assert holds_more(tmp_path, 10**9)
    os.chdir(tmp_path)
    remove(tmp_path)
    assert not tmp_path.exists()


def test_folder_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert not holds_more(tmp_path / "gone", 0)
