"""nbgrader's formgrader on what Trailbook wrote: a grader sees the answer, scores it, and Trailbook notices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.domain.course import Course
from trailbook.services.ports import JobKind, ManualGrade

from .test_results import LEARNER, LESSON, Desk, attempt, graded, submitted

TOKEN = "a token of this test"


@pytest.fixture
def desk(folder: CourseFilesFolder, course: Course) -> Desk:
    """Return the course with one submission, graded."""
    found = Desk(folder, course)
    handed_in = attempt(JobKind.SUBMISSION)
    found.gradebook.write_submission(handed_in, submitted(found), {})
    found.gradebook.write_result(handed_in, found.exercises, graded(found))
    return found


@pytest.fixture
def formgrader(desk: Desk, tmp_path: Path, unused_tcp_port: int) -> Iterator[httpx.Client]:
    """Return a client of a Jupyter Server with the formgrader on the course."""
    config = {
        "ServerApp": {
            "jpserver_extensions": {"nbgrader.server_extensions.formgrader": True},
            "base_url": "/a%40b/",
            "port": unused_tcp_port,
            "port_retries": 0,
            "root_dir": str(desk.path),
            "open_browser": False,
            "allow_root": True,
        },
        "IdentityProvider": {"token": TOKEN},
        "CourseDirectory": {"root": str(desk.path), "course_id": "course101"},
    }
    home = tmp_path / "home"
    (home / ".jupyter").mkdir(parents=True)
    (home / ".jupyter" / "jupyter_server_config.json").write_text(json.dumps(config))
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server"],
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        cwd=desk.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    log = iter(server.stderr.readline, "")
    assert any("is running at" in line for line in log), "the server did not start"
    rest = Thread(target=server.stderr.read)  # or a full pipe would stop it
    rest.start()
    try:
        headers = {"Authorization": f"token {TOKEN}"}
        address = f"http://127.0.0.1:{unused_tcp_port}/a%40b/formgrader/"
        with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=60) as client:
            yield client
    finally:
        server.terminate()
        server.wait(30)
        rest.join(30)
        server.stderr.close()


def test_grader_reads_and_scores_an_answer_of_a_learner_with_an_odd_name(formgrader: httpx.Client, desk: Desk) -> None:
    cursor, _ = desk.gradebook.manual_grades("")
    (row,) = formgrader.get("api/submitted_notebooks/ps1/problem1").json()
    assert (row["student"], row["needs_manual_grade"]) == (LEARNER, True)
    (module,) = formgrader.get(f"api/student_submissions/{httpx.URL(path=LEARNER).raw_path.decode()}").json()
    assert (module["name"], module["score"]) == ("ps1", 2.0)

    page = formgrader.get(f"submissions/{row['id']}/")
    assert page.status_code == 200
    assert "pyramids" in page.text
    assert "The formula is" in page.text

    grades = formgrader.get("api/grades", params={"submission_id": row["id"]}).json()
    (grade,) = [each for each in grades if each["name"] == "sum_of_squares_application"]
    formgrader.put(f"api/grade/{grade['id']}", json={"manual_score": 1.5, "extra_credit": 0.5}).raise_for_status()
    comments = formgrader.get("api/comments", params={"submission_id": row["id"]}).json()
    (comment,) = [each for each in comments if each["name"] == "sum_of_squares_application"]
    formgrader.put(f"api/comment/{comment['id']}", json={"manual_comment": "A nice use."}).raise_for_status()

    _, changed = desk.gradebook.manual_grades(cursor)
    assert list(changed) == [ManualGrade(LEARNER, LESSON, "sum_of_squares_application", 2.0, 2.0, "A nice use.")]
