"""Tests of `trailbook grade` on the machines of a cluster."""

from __future__ import annotations

import json
import signal
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from support.cluster import log_of, scheduler, tls_arguments, trailbook, worker
from support.notebooks import check
from support.small_course import KEY, SOLUTION, SOURCE, wait_for, write_course

from trailbook.cli.main import main

ANSWERS = {"ada": SOLUTION, "ben": "def half(n):\n    return 1", "cy": "def half(n):\n    return n / 2  # as well"}


DATA_TEST = check("data-test", "assert open('tables/a.csv').read() == '1,2'", points=1)
SOURCE_WITH_DATA = {**SOURCE, "cells": [*SOURCE["cells"], {"id": "data", **DATA_TEST}]}


def write_course_with_data(folder: Path) -> Path:
    """Write a course whose test reads the instructors' data."""
    course = write_course(folder)
    (course / "tables").mkdir()
    (course / "tables" / "a.csv").write_text("1,2")
    manifest = yaml.safe_load((course / "course.yaml").read_text())
    manifest["grading"]["data"] = ["tables"]
    (course / "course.yaml").write_text(yaml.safe_dump(manifest))
    (course / "source" / f"{KEY}.ipynb").write_text(json.dumps(SOURCE_WITH_DATA))
    return course


def hand_in(course: Path, student: str, text: str) -> None:
    """Write a submission."""
    notebook = deepcopy(SOURCE_WITH_DATA)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "half":
            cell["source"] = text
    path = course / "submitted" / student / f"{KEY}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))


def test_a_folder_is_graded_by_workers_and_what_is_done_is_left_out_the_next_time(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = write_course_with_data(place / "the course")
    for student, text in ANSWERS.items():
        hand_in(course, student, text)
    with scheduler(place) as point:
        grade = ["grade", str(course), "--scheduler", point.address, *tls_arguments(point.files), "--json"]
        alone = main(grade)
        refusal = json.loads(capsys.readouterr().out)
        with worker(point, place / "machine"):
            status = main([*grade, "--progress"])
            said = capsys.readouterr()
            hand_in(course, "dee", SOLUTION)
            again = main([*grade, "--resume"])
            rest = capsys.readouterr().out

    assert (alone, refusal["code"]) == (2, "no_workers")
    assert "has the environment default. Start one: trailbook worker" in refusal["message"]
    assert (status, again) == (0, 0)
    cells = [json.loads(line) for line in said.out.splitlines()]
    assert {(cell["learner"], cell["score"], cell["mode"]) for cell in cells if cell["grade_id"] == "half-test"} == {
        ("ada", 2.0, "separate"),
        ("ben", 0.0, "separate"),
        ("cy", 2.0, "separate"),
    }
    assert [cell["score"] for cell in cells if cell["grade_id"] == "data-test"] == [1.0] * 3
    assert "3 of 3 submissions" in said.err
    assert {json.loads(line)["learner"] for line in rest.splitlines()} == {"dee"}


def test_a_run_that_is_interrupted_says_how_to_go_on_and_leaves_no_half_of_a_result(place: Path) -> None:
    course = write_course_with_data(place / "the course")
    hand_in(course, "ada", SOLUTION)
    hand_in(course, "ben", "import time\ntime.sleep(15)\n" + SOLUTION)
    with scheduler(place) as point, worker(point, place / "machine"):
        options = ("grade", str(course), "--scheduler", point.address, *tls_arguments(point.files), "--jobs", "1")
        with trailbook(*options, folder=place / "here") as process:
            wait_for(lambda: process.poll() is not None or "ada: " in log_of(place / "here"), what="the first result")
            process.send_signal(signal.SIGINT)
            status = process.wait(20)

    said = log_of(place / "here")
    assert status == 130, said
    assert "Stopped. What was graded is kept. To go on: trailbook grade" in said
    assert "Traceback" not in said
    assert [path.parent.parent.name for path in (course / "autograded").rglob("*.ipynb")] == ["ada"]
