"""Tests of `trailbook grade`: every submission has its outcome, whatever the others are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from support.courses import NOW, TRAP
from support.grading import FAULT, MemoryGradebook, ScriptedGrader, graded
from support.small_course import KEY, SOLUTION, write_course

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.course_files.feedback_pages import FeedbackFolder
from trailbook.adapters.course_files.grading_state import GradingStateFolder
from trailbook.adapters.course_files.submissions import SubmittedFiles
from trailbook.adapters.nbgrader import NbgraderStripper
from trailbook.cli.main import main
from trailbook.domain.errors import CourseError, NotFound
from trailbook.domain.names import student_id_of
from trailbook.domain.rebuild import rebuild
from trailbook.services.grade_folder import FolderGrading, grade_folder
from trailbook.services.graded_cells import GradedCell

RIGHT = {"half": SOLUTION, "why": "Two halves."}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small course in a folder with a space in its name."""
    return write_course(tmp_path / "a course")


def released(course: Path) -> dict[str, Any]:
    """Return what learners of the course have."""
    source = CourseFilesFolder(course).read_lesson(KEY).notebook
    assert source is not None
    return NbgraderStripper(course).strip(source)


def hand_in(
    course: Path, student: str, content: Mapping[str, Any] | bytes, *, name: str = KEY.name, timestamp: str = ""
) -> Path:
    """Put a notebook into `submitted/`."""
    folder = course / "submitted" / student / KEY.module
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    if timestamp:
        (folder / "timestamp.txt").write_text(timestamp)
    return path


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the JSON lines a command printed."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_submission_has_its_outcome(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    honest = rebuild(released(course), RIGHT)
    without_test = {**honest, "cells": [cell for cell in honest["cells"] if "half-test" not in str(cell["metadata"])]}
    no_metadata = {**honest, "cells": [{**cell, "metadata": {"nbgrader": None}} for cell in honest["cells"]]}
    hand_in(course, student_id_of(TRAP), honest, timestamp="2026-01-01 10:00:00 UTC")
    hand_in(course, "blank", released(course), timestamp="garbage")
    hand_in(course, "deleted", without_test)
    hand_in(course, "exits", rebuild(released(course), {**RIGHT, "half": "import os\nos._exit(0)"}))
    hand_in(course, "no json", b"{nope")
    hand_in(course, "null", no_metadata)
    hand_in(course, "digits", b'{"cells": [], "nbformat": ' + b"4" * 5000 + b"}")
    hand_in(course, "stranger", honest, name="other")
    link = hand_in(course, "link", b"")
    link.unlink()
    link.symlink_to("/etc/passwd")
    pipe = hand_in(course, "pipe", b"")
    pipe.unlink()
    os.mkfifo(pipe)
    with hand_in(course, "huge", b"").open("wb") as huge:
        huge.truncate(10**9)

    assert main(["grade", str(course), KEY.module, "--json", "--jobs", "2"]) == 1

    found = {
        (line["learner"], line["grade_id"]): (line["score"], line["max_score"], line["status"], line["reason"])
        for line in lines_of(capsys)
    }
    nothing = (None, 2.0, "ungradable")
    assert {name: row for name, row in found.items() if name[1] in ("half-test", "")} == {
        (TRAP, "half-test"): (2.0, 2.0, "graded", ""),
        ("blank", "half-test"): (0.0, 2.0, "graded", ""),
        ("deleted", "half-test"): (2.0, 2.0, "graded", ""),
        ("exits", "half-test"): (0.0, 2.0, "graded", "exit"),
        ("no json", "half-test"): (*nothing, "no_json"),
        ("null", "half-test"): (2.0, 2.0, "graded", ""),
        ("digits", "half-test"): (*nothing, "no_json"),
        ("stranger", ""): (None, 0.0, "ungradable", "unknown_lesson"),
        ("link", "half-test"): (*nothing, "not_a_real_file"),
        ("pipe", "half-test"): (*nothing, "not_a_real_file"),
        ("huge", "half-test"): (*nothing, "file_too_large"),
    }
    assert found[TRAP, "why"] == (None, 3.0, "needs_review", "manual")
    assert found["blank", "why"] == (0.0, 3.0, "graded", "no_answer")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(KEY.module, student_id_of(TRAP))
        assert (submission.score, submission.needs_manual_grade) == (2.0, True)
        assert submission.timestamp == datetime(2026, 1, 1, 10)
    autograded = course / "autograded"
    assert (autograded / student_id_of(TRAP) / f"{KEY}.ipynb").exists()
    assert not (autograded / "link").exists()


def test_a_line_says_everything(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    honest = rebuild(released(course), RIGHT)
    honest["cells"].append({**honest["cells"][2], "id": "again"})
    hand_in(course, "bitdiddle", honest)

    assert main(["grade", str(course), "--json"]) == 0

    test, why = lines_of(capsys)
    assert {**test, "seconds": 1.0} == {
        "learner": "bitdiddle",
        "module": KEY.module,
        "lesson": KEY.name,
        "grade_id": "half-test",
        "score": 2.0,
        "max_score": 2.0,
        "status": "graded",
        "reason": "",
        "mode": "separate",
        "seconds": 1.0,
        "repaired": [
            "The cell half was there 2 times; the last one counts.",
        ],
    }
    assert (why["grade_id"], why["score"], why["status"]) == ("why", None, "needs_review")
    assert test["seconds"] > 0


def test_a_person_reads_a_line_a_submission(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, "bitdiddle", rebuild(released(course), {**RIGHT, "half": "import os\nos._exit(0)"}))
    hand_in(course, "broken", b"")

    assert main(["grade", str(course)]) == 1

    printed = capsys.readouterr()
    second, first = sorted(printed.out.splitlines(), reverse=True)
    assert first.startswith(f"bitdiddle: {KEY}: 0 of 5 points in ")
    assert first.endswith(" s, stopped (exit); a person must look at why")
    said = "The file is empty. Save the notebook and hand it in again."
    assert second == f"broken: {KEY}: not graded (empty_file). {said}"
    assert printed.err == "Some submissions could not be graded; the lines above say why.\n"


def test_a_name_that_a_terminal_would_obey_is_shown_harmless(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, "\x1b[2J", released(course))
    hand_in(course, "ann", released(course), name="a\nfake: line")

    assert main(["grade", str(course)]) == 1

    assert sorted(capsys.readouterr().out.splitlines(), reverse=True) == [
        f"\N{REPLACEMENT CHARACTER}[2J: {KEY}: not graded (bad_student_name). "
        "The name of the learner's folder has characters that nbgrader cannot use. Rename it.",
        f"ann: {KEY.module}/a\N{REPLACEMENT CHARACTER}fake: line: not graded (unknown_lesson).",
    ]


def test_nothing_submitted_is_nothing_to_do(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(course), "--json"]) == 0
    assert capsys.readouterr().out == ""


def test_an_unknown_module_names_the_nearest(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(course), "Übung 2"]) == 2
    assert "Did you mean Übung 1?" in capsys.readouterr().err


def test_a_folder_without_a_course_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(tmp_path)]) == 2
    assert "Is this the course folder?" in capsys.readouterr().err


@pytest.mark.parametrize("jobs", ["0", "many"])
def test_bad_numbers_are_one_line(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["grade", "--jobs", jobs])

    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def grading(course: Path, grader: ScriptedGrader, gradebook: MemoryGradebook) -> FolderGrading:
    """Return what grades the folder with a grader that says what it is told to."""
    return FolderGrading(
        CourseFilesFolder(course),
        SubmittedFiles(course),
        NbgraderStripper(course),
        gradebook,
        grader,
        GradingStateFolder(course / ".trailbook"),
        FeedbackFolder(course),
        NOW,
        workers=1,
        max_bytes=100_000,
    )


def flat(submissions: Iterable[Sequence[GradedCell]]) -> list[GradedCell]:
    """Return the lines of all submissions."""
    return [cell for cells in submissions for cell in cells]


def outcomes(cells: list[GradedCell]) -> list[tuple[str, str, float | None, str, str]]:
    """Return what matters of each line."""
    return [(cell.learner, cell.grade_id, cell.score, cell.status, cell.reason) for cell in cells]


def test_a_grading_that_fails_is_tried_again_and_is_no_zero(course: Path) -> None:
    hand_in(course, "ann", rebuild(released(course), RIGHT))
    full = graded(("half-test", 2), of=2)

    again = flat(grade_folder(grading(course, ScriptedGrader([FAULT, full]), MemoryGradebook())))
    never = flat(grade_folder(grading(course, ScriptedGrader([FAULT]), MemoryGradebook())))

    assert outcomes(again)[0] == ("ann", "half-test", 2.0, "graded", "")
    assert outcomes(never)[0] == ("ann", "half-test", None, "needs_review", "grading_failed")


def test_a_gradebook_that_cannot_be_written_is_said_and_the_rest_goes_on(course: Path) -> None:
    hand_in(course, "ann", rebuild(released(course), RIGHT))
    hand_in(course, "bea", rebuild(released(course), RIGHT))

    cells = flat(grade_folder(grading(course, ScriptedGrader([graded()]), MemoryGradebook(broken=True))))

    assert [(cell.learner, cell.status, cell.reason) for cell in cells if cell.grade_id == "why"] == [
        ("ann", "ungradable", "gradebook_unavailable"),
        ("bea", "ungradable", "gradebook_unavailable"),
    ]


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("2026-02-01 10:00:00 UTC", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("2026-02-01 10:00:00.250000 UTC", datetime(2026, 2, 1, 10, 0, 0, 250000, tzinfo=UTC)),
        ("2999-01-01 00:00:00 UTC", NOW),  # nobody handed in tomorrow
        ("1970-01-01 00:00:00 UTC", NOW),  # or before there was nbgrader
        ("yesterday, honestly", NOW),
        ("", None),  # no file: as in nbgrader, nothing is known
    ],
)
def test_the_time_of_a_submission_is_its_files_but_never_later_than_now(
    course: Path, said: str, counts: datetime | None
) -> None:
    hand_in(course, "ann", rebuild(released(course), RIGHT), timestamp=said)
    gradebook = MemoryGradebook()

    cells = flat(grade_folder(grading(course, ScriptedGrader([graded()]), gradebook)))

    assert gradebook.timestamps == [counts]
    assert any("timestamp.txt" in sentence for sentence in cells[0].repaired) is (counts == NOW)


def test_a_stopped_run_is_taken_up_where_it_was(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, "ann", rebuild(released(course), RIGHT))
    assert main(["grade", str(course), "--json"]) == 0
    hand_in(course, "bea", rebuild(released(course), RIGHT))
    capsys.readouterr()

    assert main(["grade", str(course), "--json", "--resume"]) == 0
    assert {line["learner"] for line in lines_of(capsys)} == {"bea"}

    hand_in(course, "ann", rebuild(released(course), {}))
    assert main(["grade", str(course), "--json", "--resume"]) == 0
    assert {(line["learner"], line["score"]) for line in lines_of(capsys)} == {("ann", 0.0), ("ann", None)}


def test_a_student_folder_nbgrader_would_not_make_is_said(course: Path) -> None:
    hand_in(course, "100%", rebuild(released(course), RIGHT))

    cells = flat(grade_folder(grading(course, ScriptedGrader([graded()]), MemoryGradebook())))

    assert {(cell.status, cell.reason) for cell in cells} == {("ungradable", "bad_student_name")}


def test_a_lesson_with_problems_keeps_the_others_from_nothing(course: Path) -> None:
    hand_in(course, "ann", rebuild(released(course), RIGHT))
    (course / "source" / f"{KEY}.ipynb").write_text("{nope")

    cells = flat(grade_folder(grading(course, ScriptedGrader([graded()]), MemoryGradebook())))

    assert outcomes(cells) == [("ann", "", None, "ungradable", "lesson_has_problems")]


def test_a_course_that_cannot_be_read_is_refused(course: Path) -> None:
    (course / "course.yaml").write_text("name: [")

    with pytest.raises(CourseError) as refusal:
        flat(grade_folder(grading(course, ScriptedGrader([graded()]), MemoryGradebook())))

    assert refusal.value.code == "course_unusable"
    assert refusal.value.details["problems"][0]["file"] == "course.yaml"


def test_a_module_the_course_does_not_have_is_refused(course: Path) -> None:
    with pytest.raises(NotFound):
        flat(grade_folder(grading(course, ScriptedGrader([graded()]), MemoryGradebook()), ["no such module"]))
