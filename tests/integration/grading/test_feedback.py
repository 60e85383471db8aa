"""Tests of the pages that learners get back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from nbgrader.api import Gradebook
from support.small_course import HIDDEN, KEY, MANIFEST, SOLUTION, write_course

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.cli.main import main
from trailbook.domain.rebuild import rebuild

ONLY_TWO = "def half(n):\n    return 1 if n == 2 else n  # <script>alert(1)</script>"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small course in a folder with a space in its name, with four submissions."""
    folder = write_course(tmp_path / "a course")
    source = CourseFilesFolder(folder).read_lesson(KEY).notebook or {}
    released = NbgraderStripper(folder).strip(source)
    hand_in(folder, "right", rebuild(released, {"half": SOLUTION, "why": "Two <b>halves</b>."}))
    hand_in(folder, "nearly", rebuild(released, {"half": ONLY_TWO, "why": ""}))
    twice = rebuild(released, {"half": "def half(n):\n    return 0", "why": ""})
    hand_in(folder, "twice", {**twice, "cells": [*twice["cells"], {**twice["cells"][2], "id": "again"}]})
    hand_in(folder, "broken", {"nope": 1})
    return folder


def hand_in(folder: Path, student: str, notebook: object) -> None:
    """Put a notebook into `submitted/`."""
    place = folder / "submitted" / student / KEY.module
    place.mkdir(parents=True)
    (place / f"{KEY.name}.ipynb").write_text(json.dumps(notebook))


def page_of(folder: Path, student: str) -> str:
    """Return a learner's page."""
    return (folder / "feedback" / student / f"{KEY}.html").read_text()


def test_pages_say_what_a_learner_may_know_and_nothing_hidden(course: Path) -> None:
    assert main(["grade", str(course)]) == 1

    right, nearly, twice, broken = (page_of(course, name) for name in ("right", "nearly", "twice", "broken"))
    assert "2 of 5 points" in right
    assert "Two &lt;b&gt;halves&lt;/b&gt;." in right
    assert "not yet graded, 3 points to be had" in right
    assert "A hidden test did not pass." in nearly
    assert "&lt;script&gt;" in nearly
    assert "half of 2 is 1" in twice  # the author's message
    assert "The cell half was there 2 times; the last one counts." in twice
    assert "Hand in the notebook itself." in broken
    for page in (right, nearly, twice, broken):
        assert HIDDEN not in page
        assert "half(90)" not in page
        assert "<script" not in page


def test_points_and_comments_of_graders_come_with_the_next_pages(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["grade", str(course)])
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        where = ("why", KEY.name, KEY.module, "right")
        gradebook.find_grade(*where).manual_score = 2.5
        gradebook.find_comment(*where).manual_comment = "Well <said>"
        gradebook.find_submission_notebook(KEY.name, KEY.module, "right").late_submission_penalty = 1
        gradebook.db.commit()
    capsys.readouterr()

    assert main(["feedback", str(course), "--json"]) == 1

    right = page_of(course, "right")
    assert "3.5 of 5 points" in right
    assert "2.5 of 3 points" in right
    assert "Well &lt;said&gt;" in right
    assert "1 points were taken for handing in late." in right
    lines = {line["learner"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert lines["right"] == {
        "learner": "right",
        "module": KEY.module,
        "lesson": KEY.name,
        "file": f"feedback/right/{KEY}.html",
    }
    assert lines["broken"]["file"] is None


def test_hidden_tests_that_are_never_shown_are_not_on_the_page(course: Path) -> None:
    manifest = {**MANIFEST, "grading": {**MANIFEST["grading"], "hidden_verdicts": "never"}}  # type: ignore[dict-item]
    (course / "course.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True))

    main(["grade", str(course)])

    assert "Hidden tests that are not shown: 1." in page_of(course, "right")
    assert "of 3 points" in page_of(course, "right")
    assert "Test:" not in page_of(course, "nearly")
