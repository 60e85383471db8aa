"""Batches and files: each submission has its outcome, nothing outside is read or copied, nobody gains time."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from adversarial.folder import HIDDEN, KEY, NOW, WRONG, Folder


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Folder:
    """A course in a folder with a space in its name."""
    return Folder(tmp_path / "a course", capsys)


@pytest.mark.case("nine submissions, six of them broken")
def test_nine_submissions_have_nine_outcomes_and_nobody_gains_time(folder: Folder) -> None:
    honest = folder.answered()
    folder.hand_in("one", honest)
    folder.hand_in("two", folder.answered(half=WRONG))
    folder.hand_in("three", folder.released)
    folder.hand_in("bad json", b"{nope")
    folder.hand_in("null", {**honest, "cells": [{**cell, "metadata": {"nbgrader": None}} for cell in honest["cells"]]})
    folder.hand_in("exits", folder.answered(half="import os\nos._exit(0)"))
    times = {"garbage": "\0\0 not a time", "ancient": "0001-01-01 00:00:00 UTC", "future": "9999-12-31 23:59:59 UTC"}
    for name, text in times.items():
        (folder.hand_in(name, honest).parent / "timestamp.txt").write_text(text)

    found = {name: line for (name, cell), line in folder.grade().items() if cell == "half-test"}

    assert {name: (line["score"], line["status"]) for name, line in found.items()} == {
        "one": (2.0, "graded"),
        "two": (0.0, "graded"),
        "three": (0.0, "graded"),
        "bad json": (None, "ungradable"),
        "null": (2.0, "graded"),  # its cells are known by their text
        "exits": (0.0, "graded"),
        **dict.fromkeys(times, (2.0, "graded")),
    }
    assert (found["bad json"]["reason"], found["exits"]["reason"]) == ("no_json", "exit")
    with Gradebook(f"sqlite:///{folder.path / 'gradebook.db'}") as gradebook:
        times_kept = {name: gradebook.find_submission(KEY.module, name).timestamp for name in ("garbage", "future")}
    now = datetime.now(UTC).replace(tzinfo=None)
    assert all(at is None or at <= now for at in times_kept.values())
    assert NOW.tzinfo is not None


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    os.mknod(path, 0o60600, os.makedev(7, 250))


def zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def holes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**11)


PLACES: dict[str, Any] = {
    "symlink": (lambda path: path.symlink_to("/etc/passwd"), "a symlink to a file of the host"),
    "symlink-hidden": (
        lambda path: path.symlink_to(path.parents[3] / "source" / f"{KEY}.ipynb"),
        "a symlink to the source",
    ),
    "loop": (lambda path: path.symlink_to(path), "a symlink to itself"),
    "pipe": (pipe, "a FIFO"),
    "device": (device, "a block device"),
    "zero": (zero, "a symlink to /dev/zero"),
    "holes": (holes, "a file of 100 GB, all holes"),
    "directory": (lambda path: path.mkdir(), "a folder named like a notebook"),
    "gzip-bomb": (lambda path: path.write_bytes(gzip.compress(bytes(10**8))), "a gzip bomb named like a notebook"),
    "deep-json": (lambda path: path.write_bytes(b"[" * 10**6), "JSON a million brackets deep"),
    "digits": (
        lambda path: path.write_bytes(b'{"cells": [], "nbformat": ' + b"4" * 9000 + b"}"),
        "a number of 9 000 digits",
    ),
    "half-utf": (lambda path: path.write_bytes(b'{"cells": ["\xff\xfe"]}'), "bytes that are no UTF-8"),
    "surrogates": (lambda path: path.write_bytes(b'{"cells": [{"source": "\\ud800"}]}'), "half a character in JSON"),
}


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=name, marks=pytest.mark.case(f"{what} in the place of a submission"))
        for name, (make, what) in PLACES.items()
    ],
)
def test_what_is_no_notebook_has_a_reason_and_its_neighbour_has_points(folder: Folder, make: Any) -> None:
    folder.hand_in("honest", folder.answered())
    try:
        folder.put("mallory", make)
    except PermissionError:
        pytest.skip("this machine lets nobody make that")

    found = folder.grade()

    assert found["honest", "half-test"]["score"] == 2.0
    mine = [line for (name, _), line in found.items() if name == "mallory"]
    assert all(line["score"] in (None, 0.0) for line in mine)
    assert all(line["reason"] for line in mine if line["status"] == "ungradable")
    copied = folder.path / "autograded" / "mallory"
    assert not any(path.is_symlink() for path in copied.rglob("*"))
    assert "root:" not in folder.texts("autograded")


@pytest.mark.case("symlinks beside the notebook, whose targets nbgrader copied into `autograded/`")
def test_no_target_of_a_link_is_copied(folder: Folder) -> None:
    path = folder.hand_in("mallory", folder.answered(half=WRONG))
    (path.parent / "data.csv").symlink_to("/etc/passwd")
    (path.parent / "all").symlink_to("/etc")
    (path.parent / "source").symlink_to(folder.path / "source")
    (path.parent / "timestamp.txt").symlink_to("/etc/hostname")

    folder.grade()

    assert "root:" not in folder.texts("autograded", "feedback")
    assert HIDDEN not in folder.texts("feedback")


@pytest.mark.case("a whole student folder and a module folder that are symlinks")
def test_folders_that_are_links_are_not_followed(folder: Folder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / KEY.module
    elsewhere.mkdir(parents=True)
    (elsewhere / f"{KEY.name}.ipynb").write_text(json.dumps(folder.answered()))
    folder.hand_in("honest", folder.answered())
    (folder.path / "submitted" / "mallory").symlink_to(elsewhere.parent)
    (folder.path / "submitted" / "eve").mkdir()
    (folder.path / "submitted" / "eve" / KEY.module).symlink_to(elsewhere)
    (folder.path / "autograded").mkdir(exist_ok=True)

    found = folder.grade()

    assert {name for name, _ in found} <= {"honest", "mallory", "eve"}
    assert all(line["score"] is None for (name, _), line in found.items() if name != "honest")


@pytest.mark.case("a symlink in the place where the executed notebook is written")
def test_results_are_not_written_through_links(folder: Folder, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "precious.ipynb").write_text("precious")
    folder.hand_in("mallory", folder.answered())
    place = folder.path / "autograded" / "mallory" / KEY.module
    place.mkdir(parents=True)
    (place / f"{KEY.name}.ipynb").symlink_to(victim / "precious.ipynb")

    folder.grade()

    assert (victim / "precious.ipynb").read_text() == "precious"


@pytest.mark.case("hidden tests in what an honest learner gets back: lines of the result and feedback pages")
def test_feedback_says_nothing_hidden(folder: Folder) -> None:
    folder.hand_in("ada", folder.answered(half="def half(n):\n    return n / 2 if n == 2 else n"))
    folder.hand_in("eve", folder.answered(half="def half(n):\n    raise ValueError(f'hidden {n}')"))

    found = folder.grade()

    for line in found.values():
        assert HIDDEN not in json.dumps(line)
        assert "90" not in line["reason"]
    feedback = folder.texts("feedback")
    assert HIDDEN not in feedback
    assert "half(90)" not in feedback


@pytest.mark.case("another learner's name in an error")
def test_no_other_learner_is_named(folder: Folder) -> None:
    folder.hand_in("grace-hopper", folder.answered())
    folder.hand_in("mallory", folder.answered(half="import os\nhalf = os.listdir('..')\nraise ValueError(half)"))

    line = folder.grade()["mallory", "half-test"]

    assert "grace" not in json.dumps(line)
