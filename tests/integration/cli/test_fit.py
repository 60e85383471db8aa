"""`trailbook fit` on logs: what is said, what is refused, and that nothing changes unasked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.learning import log_of_learners

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.storage import open_storage

from .conftest import Run

HEAD = "learner,skills,item,correct,timestamp\n"


def write_log(path: Path, *, learners: int = 24, answers: int = 60, practice: float = 1.5) -> Path:
    """Write a log of learners whom practice teaches this much."""
    rows = log_of_learners(learners, answers, practice=practice)
    path.write_text(HEAD + "".join(f"{a.learner},{';'.join(a.skills)},{a.item},{a.share},\n" for a in rows))
    return path


@pytest.fixture
def course(run: Run, tmp_path: Path) -> Path:
    assert run("new", "first-course", "mine").status == 0
    return tmp_path / "mine"


def test_a_log_unlike_others_gets_a_better_model_that_changes_nothing_unasked(
    run: Run, course: Path, tmp_path: Path
) -> None:
    ran = run("fit", course, "--log", write_log(tmp_path / "log.csv"))
    assert ran.status == 0
    assert ran.err == "The course has no skill s0, nor 2 others that the log names; the log counts as it is.\n"
    assert ran.out.startswith("1,440 answers of 24 learners")
    assert "compared on 24 of them" in ran.out
    assert "Counts, fitted: better by 0.0" in ran.out
    assert "  practice_right       0.300 → 0." in ran.out
    assert ran.out.endswith("no path to change.\nNothing was changed. To go on with it: --apply\n")


def test_json_has_the_comparison_and_the_parameters(run: Run, course: Path, tmp_path: Path) -> None:
    found = run("fit", course, "--log", write_log(tmp_path / "log.csv"), "--json").json
    assert (found["course"], found["learners"], found["answers"]) == ("mine", 24, 1440)
    assert found["comparison"]["is_better"] is True
    assert found["comparison"]["gain"]["low"] > 0
    assert found["comparison"]["fitted"]["log_loss"] < found["comparison"]["running"]["log_loss"]
    assert found["fitted"]["weights"]["practice_right"] > 0.3
    assert (found["changes"], found["applied"]) == (None, None)


def test_a_model_that_is_no_better_is_the_answer_no(
    run: Run, course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbook.adapters.fitting.shared_weights.SPREAD", 1e-9)  # nothing moves
    log = write_log(tmp_path / "log.csv")
    ran = run("fit", course, "--log", log, "--apply")
    assert (ran.status, ran.out.splitlines()[-1]) == (1, "It is not better beyond chance: the model that runs stays.")
    assert run("fit", course, "--log", log, "--json").status == 1


def test_another_model_can_be_tried(run: Run, course: Path, tmp_path: Path) -> None:
    ran = run("fit", course, "--log", write_log(tmp_path / "log.csv"), "--model", "bkt")
    assert ran.status == 1
    assert "Bkt, fitted: worse by 0.0" in ran.out
    assert "Parameters of 3 skills." in ran.out


def test_a_better_model_is_put_in_place_and_taken_back(run: Run, course: Path, tmp_path: Path) -> None:
    manifest, _ = CourseFilesFolder(course).read_manifest()
    assert manifest is not None
    storage = open_storage(f"sqlite:///{tmp_path / 'the state' / 'trailbook.db'}")
    with storage() as work:
        work.courses.put(manifest)
    storage.close()
    log = write_log(tmp_path / "log.csv")
    looked = run("fit", course, "--log", log)
    assert looked.out.endswith("No learner's path changes.\nNothing was changed. To go on with it: --apply\n")
    done = run("fit", course, "--log", log, "--apply")
    assert (done.status, done.out.splitlines()[-1]) == (0, "In place as version 1.")
    again = run("fit", course, "--log", log, "--apply")
    assert (again.status, again.out.splitlines()[-1]) == (
        1,
        "It is not better beyond chance: the model that runs stays.",
    )
    assert run("fit", course, "--undo", "--json").json == {
        "course": "mine",
        "version": 2,
        "because": "Undone: as it ships again.",
    }
    assert "nothing to undo" in run("fit", course, "--undo").refusal


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "0 of 20 learners"),
        ("".join(f"l{n},x,i,{n % 2},{n}\n" for n in range(10)), "10 of 20 learners, 10 of 1,000 answers"),
        ("".join(f"l{n % 30},x,i,1,\n" for n in range(2000)), "too little to fit on: 0 of 100 points lost"),
        ("a,x\n", "log.csv:2 has 2 cells"),
        ("a,x,i,maybe,\n", "correct is 'maybe'"),
    ],
)
def test_a_log_that_is_too_little_or_unreadable_is_refused(
    run: Run, course: Path, tmp_path: Path, rows: str, says: str
) -> None:
    (tmp_path / "log.csv").write_text(HEAD + rows)
    ran = run("fit", course, "--log", tmp_path / "log.csv")
    assert ran.status == 2
    assert says in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err


def test_odd_logs_are_fitted(run: Run, course: Path, tmp_path: Path) -> None:
    """Rows that repeat the row above are left out, times go backwards, skills are none of the course's or missing."""
    rows = [
        f"{a.learner},{'' if n % 5 else 'unheard of'},{a.item},{a.share},{10_000 - n}\n"
        for n, a in enumerate(log_of_learners(20, 60))
    ]
    (tmp_path / "log.csv").write_text(HEAD + "".join(row * 2 for row in rows))
    ran = run("fit", course, "--log", tmp_path / "log.csv", "--json")
    assert ran.status in (0, 1)
    assert ran.json["answers"] == 1200
    assert ran.err.splitlines() == [
        "Left out 1,200 of 2,400 rows: each repeats the row above it.",
        "In 1,180 rows time goes backwards; the file's order counts.",
        "1,920 rows name no skill; each item stands for one of its own.",
        "The course has no skill unheard of; the log counts as it is.",
    ]


def test_what_cannot_be_asked_says_what_to_do(
    run: Run, course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write_log(tmp_path / "log.csv", learners=2, answers=2)
    assert "nobody has learned in it" in run("fit", course).refusal
    assert "nobody has learned in it" in run("fit", course, "--undo").refusal
    assert "no parameters to fit" in run("fit", course, "--log", log, "--model", "streak").err
    assert "There is no file" in run("fit", course, "--log", tmp_path / "missing.csv").refusal
    assert "course.yaml" in run("fit", tmp_path, "--log", log).refusal
    for name in [name for name in sys.modules if name.startswith("trailbook.adapters.fitting")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert "pip install 'trailbook[fit]'" in run("fit", course, "--log", log).err
