"""`new`, `init`, `check`, `release` and `db upgrade`: what they do, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from .conftest import Run, small_notebook


def adopted(run: Run, course: Path) -> Path:
    """Adopt a course and return its folder."""
    assert run("init", course, "--name", "mine").status == 0
    return course


def test_new_makes_a_course_that_passes_its_check(run: Run, tmp_path: Path) -> None:
    ran = run("new", "first-course", "My Course")
    assert ran.status == 0
    assert "trailbook-my-course-instructor" in ran.out
    assert "Next: trailbook check" in ran.out
    assert yaml.safe_load((tmp_path / "My Course" / "course.yaml").read_text())["name"] == "my-course"
    checked = run("check", "My Course")
    assert (checked.status, checked.err) == (0, "")
    assert checked.out.startswith("lesson                          tests  apart  forgeable\n")
    assert "Ready: 4 lessons" in checked.out
    assert run("check", "My Course", "--no-trial").out.startswith("Ready: 4 lessons")
    tests = [test for lesson in run("check", "My Course", "--json").json["lessons"] for test in lesson["tests"]]
    assert [(test["mode"], test["can_be_forged"], test["trusts"]) for test in tests] == [("separate", False, [])] * 12
    assert all(test["reference_score"] == test["max_score"] for test in tests)


def test_new_lists_templates_and_refuses_what_it_cannot_do(run: Run, tmp_path: Path) -> None:
    assert run("new", "--json").json == {"templates": ["first-course"]}
    assert "first-course" in run("new").out
    unknown = run("new", "frist-course", "x")
    assert (unknown.status, unknown.refusal) == (
        2,
        "trailbook: There is no template frist-course. Did you mean first-course?",
    )
    assert run("new", "first-course").status == 2
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    full = run("new", "first-course", "full", "--json")
    assert (full.status, full.json["code"]) == (2, "folder_not_empty")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]
    assert "cannot be a course's name" in run("new", "first-course", "x", "--name", "No Name").refusal
    assert not (tmp_path / "x").exists()


def test_init_adopts_without_touching_a_notebook(run: Run, nbgrader_course: Path) -> None:
    before = {path: path.read_bytes() for path in nbgrader_course.rglob("*.ipynb")}
    ran = run("init", nbgrader_course, "--json")
    assert ran.status == 0
    assert ran.json == {
        "course": "my-course-2026",
        "title": "My course 2026",
        "lessons": ["Week 2/last", "ps1/02_for-loops", "ps1/problem1"],
        "groups": [f"trailbook-my-course-2026-{role}" for role in ("learner", "grader", "instructor")],
        "problems": [],
        "folder": str(nbgrader_course),
    }
    assert {path: path.read_bytes() for path in nbgrader_course.rglob("*.ipynb")} == before
    manifest = yaml.safe_load((nbgrader_course / "course.yaml").read_text())
    lesson = {"minutes": 3, "pass": 0.8, "requires": []}
    assert manifest["modules"] == [
        {"name": "Week 2", "title": "Week 2", "lessons": [{"name": "last", "title": "The end", **lesson}]},
        {
            "name": "ps1",
            "title": "PS 1",
            "lessons": [
                {"name": "02_for-loops", "title": "02 for loops", **lesson},
                {"name": "problem1", "title": "Squares", **lesson},
            ],
        },
    ]
    assert run("check", nbgrader_course).status == 0


def test_init_takes_nbgraders_course_id_and_what_it_is_told(run: Run, nbgrader_course: Path) -> None:
    (nbgrader_course / "nbgrader_config.py").write_text("c.CourseDirectory.course_id = 'CS 101'\n")
    assert run("init", nbgrader_course, "--title", 'A "title": yes').status == 0
    manifest = yaml.safe_load((nbgrader_course / "course.yaml").read_text())
    assert (manifest["name"], manifest["title"]) == ("cs-101", 'A "title": yes')


def test_init_leaves_out_names_it_cannot_use(run: Run, nbgrader_course: Path) -> None:
    (nbgrader_course / "source" / "ps1" / "what?.ipynb").write_text(json.dumps(small_notebook("x")))
    ran = run("init", nbgrader_course)
    assert ran.status == 0
    assert "source/ps1/what?.ipynb: warning: A name cannot have ? in it." in ran.out


def test_init_refuses_what_it_cannot_adopt(run: Run, nbgrader_course: Path, tmp_path: Path) -> None:
    assert (run("init", tmp_path / "none").status, run("init", tmp_path).status) == (2, 2)
    assert "no notebook under source/" in run("init", tmp_path).refusal
    assert "--name" in run("init", nbgrader_course, "--name", "CS 101").refusal
    adopted(run, nbgrader_course)
    again = run("init", nbgrader_course)
    assert (again.status, again.refusal) == (
        2,
        "trailbook: The folder has a course.yaml already. Edit it, or remove it to begin anew.",
    )


def test_check_tells_every_problem_with_its_place(run: Run, nbgrader_course: Path) -> None:
    adopted(run, nbgrader_course)
    manifest = nbgrader_course / "course.yaml"
    manifest.write_text(manifest.read_text().replace("minutes: 3", "minuts: 3", 1).replace("pass: 0.8", "pass: 2", 1))
    ran = run("check", nbgrader_course)
    assert (ran.status, ran.err) == (1, "")
    assert "course.yaml:16: modules[0].lessons[0]: unknown key minuts. Did you mean minutes? [unknown_key]" in ran.out
    assert ran.out.splitlines()[-1] == "2 problems to mend, 0 warnings."
    plain = run("check", nbgrader_course, "--json")
    assert plain.status == 1
    assert (plain.json["passed"], plain.json["course"]) == (False, None)
    assert [(problem["code"], problem["line"]) for problem in plain.json["problems"]] == [
        ("unknown_key", 16),
        ("bad_value", 17),
    ]


def test_check_warns_and_passes(run: Run, nbgrader_course: Path) -> None:
    adopted(run, nbgrader_course)
    (nbgrader_course / "source" / "ps1" / "new.ipynb").write_text(json.dumps(small_notebook("# New")))
    ran = run("check", nbgrader_course)
    assert ran.status == 0
    assert "source/ps1/new.ipynb: warning: course.yaml does not name this notebook" in ran.out
    assert "Ready: 3 lessons, 3 exercises, 6 points, 1 warning." in ran.out


def test_check_of_no_course_could_not_be_asked(run: Run, nbgrader_course: Path) -> None:
    assert (run("check", "none").status, run("check", nbgrader_course).status) == (2, 2)
    assert "trailbook init" in run("check", nbgrader_course).refusal
    assert run("check", nbgrader_course, "--json").json["code"] == "no_manifest"


def test_release_releases_once_and_says_so(run: Run, nbgrader_course: Path) -> None:
    adopted(run, nbgrader_course)
    first = run("release", nbgrader_course)
    assert (first.status, first.err) == (0, "")
    assert "ps1/problem1: released version 1" in first.out
    assert "Week 2/last: unchanged, version 1" in run("release", nbgrader_course).out
    (nbgrader_course / "source" / "ps1" / "problem1.ipynb").write_text(json.dumps(small_notebook("# Other")))
    assert run("release", nbgrader_course, "ps1", "--json").json == {
        "items": [
            {"lesson": "ps1/02_for-loops", "version": 1, "changed": False},
            {"lesson": "ps1/problem1", "version": 2, "changed": True},
        ],
        "warnings": [],
    }
    assert (nbgrader_course / "release" / "ps1" / "problem1.ipynb").is_file()


def test_release_with_problems_is_a_no_with_all_of_them(run: Run, nbgrader_course: Path, tmp_path: Path) -> None:
    adopted(run, nbgrader_course)
    for name in ("problem1", "02_for-loops"):
        (nbgrader_course / "source" / "ps1" / f"{name}.ipynb").write_text("{")
    ran = run("release", nbgrader_course)
    assert (ran.status, ran.out) == (1, "")
    first, *rest = ran.err.splitlines()
    assert first == "trailbook: Nothing was released: 2 problems to mend first."
    assert [line.partition(":")[0] for line in rest] == ["source/ps1/02_for-loops.ipynb", "source/ps1/problem1.ipynb"]
    plain = run("release", nbgrader_course, "--json")
    assert (plain.status, len(plain.json["details"]["problems"])) == (1, 2)
    assert not (nbgrader_course / "release").exists()


def test_release_of_an_unknown_lesson_could_not_be_asked(run: Run, nbgrader_course: Path) -> None:
    adopted(run, nbgrader_course)
    ran = run("release", nbgrader_course, "ps1/problem2")
    assert ran.status == 2
    assert ran.refusal == "trailbook: The course Mine has no lesson ps1/problem2. Did you mean ps1/problem1?"


def test_release_on_a_staff_server_goes_through_the_service(
    run: Run, nbgrader_course: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int, tmp_path: Path
) -> None:
    adopted(run, nbgrader_course)
    monkeypatch.setenv("TRAILBOOK_SERVICE_URL", f"http://127.0.0.1:{unused_tcp_port}/services/trailbook/")
    ran = run("release", nbgrader_course)
    assert ran.status == 2
    assert ran.refusal.startswith("trailbook: The course service does not answer")
    assert not (tmp_path / "the state").exists(), "a staff server has no database"


def test_db_upgrade_makes_the_schema_and_then_has_nothing_to_do(run: Run, tmp_path: Path) -> None:
    first = run("db", "upgrade", "--json")
    assert first.status == 0
    assert first.json["before"] is None
    assert run("db", "upgrade").out == f"Nothing to do: the database has schema {first.json['after']}.\n"
    assert (tmp_path / "the state" / "trailbook.db").is_file()


def test_bad_settings_are_one_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.yaml").write_text("databse_url: x\n")
    monkeypatch.setenv("TRAILBOOK_SETTINGS", str(tmp_path / "settings.yaml"))
    ran = run("db", "upgrade")
    assert ran.status == 2
    assert "Did you mean 'database_url'?" in ran.refusal
