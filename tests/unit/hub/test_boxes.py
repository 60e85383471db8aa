"""What a server's sandbox is given to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from trailbook_hub.boxes import answer_folders, home_folder

HOMES = Path("/srv/homes")


@pytest.mark.parametrize("name", ["..", ".", "../ada", "/etc", "a/b", "te<s'&\">t ü", "a\x00b", ".ssh"])
def test_home_folder_is_one_folder_below_the_homes(name: str) -> None:
    home = home_folder(HOMES, name)
    assert home.parent == HOMES
    assert not set(home.name) & set("./\x00 ")


def test_home_folder_is_another_for_another_name() -> None:
    names = ["ada", "Ada", "ad%61", "ada.", "ada/", "ada%2E"]
    assert len({home_folder(HOMES, name) for name in names}) == len(names)


def test_answer_folders_cover_the_example_course_nbgrader_installs() -> None:
    solutions = [
        notebook
        for folder in answer_folders()
        if folder.is_dir()
        for notebook in folder.rglob("source/**/problem1.ipynb")
    ]
    assert solutions
