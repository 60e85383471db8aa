"""`trailbook simulate`: the report on a path, the comparison, the picture, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import Run

LESSONS = ["monday-report/01-one-line", "monday-report/02-totals", "monday-report/03-one-big-order"]


@pytest.fixture
def course(run: Run, tmp_path: Path) -> Path:
    """A course from the template."""
    folder = tmp_path / "my course"
    assert run("new", "first-course", folder).status == 0
    return folder


def test_a_path_is_reported_compared_and_drawn(run: Run, course: Path, tmp_path: Path) -> None:
    picture = tmp_path / "path.svg"
    ran = run("simulate", course, "--learners", "6", "--picture", picture)
    assert ran.status == 0
    assert "One clean line" in ran.out
    assert "Dead ends: none" in ran.out
    assert [line.split(":")[0] for line in ran.out.splitlines() if line.startswith("World")] == [
        "World steps",
        "World slopes",
        "World messy",
    ]
    assert "Trailbook" in ran.out
    root = ElementTree.fromstring(picture.read_text("utf-8"))
    assert root.get("aria-label") == "The Monday report: path with 4 lessons"


def test_json_has_every_policy_and_is_the_same_for_the_same_seed(run: Run, course: Path) -> None:
    one, same = (run("simulate", course, "--learners", "4", "--seed", "3", "--json").json for _ in range(2))
    assert one == same
    assert [lesson["lesson"] for lesson in one["path"]["lessons"]][:3] == LESSONS
    assert list(one["path"]["minutes"]) == ["novice", "average", "experienced"]
    for world in one["worlds"].values():
        assert list(world["policies"]) == [
            "fixed sequence", "random", "three in a row", "BKT 0.95", "Trailbook", "oracle",
        ]  # fmt: skip


def test_a_log_makes_other_learners(run: Run, course: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [
        f"l{who},s{what % 4},i{what % 8},{int((who + what * 7) % 5 > 1)}," for who in range(20) for what in range(60)
    ]
    log.write_text("\n".join(["learner,skills,item,correct,timestamp", *rows, ""]))
    stated = run("simulate", course, "--learners", "4", "--json").json
    fitted = run("simulate", course, "--learners", "4", "--log", log, "--json").json
    assert stated["worlds"]["steps"] != fitted["worlds"]["steps"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--learners", "0"], "from 1 to 10,000"),
        (["--log", "no-such.csv"], "There is no file"),
        (["--learners", "3", "--picture", "no-such-folder/path.svg"], "cannot be written"),
    ],
)
def test_what_cannot_be_asked_is_said(run: Run, course: Path, arguments: list[str], says: str) -> None:
    ran = run("simulate", course, *arguments)
    assert ran.status == 2
    assert says in ran.err


def test_a_log_too_small_to_fit_is_refused(run: Run, course: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("learner,skills,item,correct,timestamp\nada,s,i,1,\n")
    ran = run("simulate", course, "--log", log)
    assert ran.status == 2
    assert "leave out --log" in ran.err


def test_a_course_with_problems_is_refused(run: Run, course: Path) -> None:
    manifest = course / "course.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("requires: [01-one-line]", "requires: [nowhere]"), "utf-8")
    ran = run("simulate", course)
    assert ran.status == 2
    assert "mend them first" in ran.err
    assert "nowhere" in ran.err
