"""The release of a course folder, as the course service and the command do it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.contexts import SIGNER

from trailbook.adapters.course_files import CourseFilesFolder
from trailbook.adapters.memory import MemoryStorage
from trailbook.adapters.nbgrader import NbgraderGradebook, NbgraderStripper
from trailbook.domain.course import LessonKey
from trailbook.domain.errors import NotFound, ProblemsFound
from trailbook.services.check import check
from trailbook.services.context import Addresses, Context
from trailbook.services.ports import Event
from trailbook.services.release import ReleasedLesson, ReleaseReport, release

PROBLEM1, PROBLEM2 = LessonKey("ps1", "problem1"), LessonKey("ps1", "problem2")
AT = datetime(2026, 11, 23, 20, 0, 0, tzinfo=UTC)


class Published:
    """Remembers the events it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, events: Iterable[Event]) -> None:
        """Remember the events."""
        self.events += events


class NoQueue:
    """A release grades nothing."""

    def dispatch(self, attempt_id: str) -> None:
        """Refuse."""
        raise AssertionError(attempt_id)


class Press:
    """The example course with everything a release needs."""

    def __init__(self, folder: CourseFilesFolder) -> None:
        self.folder = folder
        self.path = Path(folder.path)
        self.storage = MemoryStorage()
        self.live = Published()
        self.now = AT

    def context(self) -> Context:
        """Return the context of the use cases."""
        addresses = Addresses("/", "/user/{name}/", "")
        return Context(self.storage, NoQueue(), self.live, lambda: self.now, lambda: "id", addresses, SIGNER)

    def release(self, *lessons: LessonKey, course: str = "course101") -> ReleaseReport:
        """Release lessons, all when none is named."""
        stripper, gradebook = NbgraderStripper(self.path), NbgraderGradebook(self.path)
        return release(
            self.context(), self.folder, stripper, gradebook, course=course, lessons=lessons or None, by="instructor"
        )

    def edit(self, lesson: LessonKey, grade_id: str, old: str, new: str) -> None:
        """Change a cell of a source notebook."""
        file = self.path / "source" / f"{lesson}.ipynb"
        notebook = json.loads(file.read_text())
        (cell,) = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id]
        text = "".join(cell["source"])
        assert old in text
        cell["source"] = text.replace(old, new)
        file.write_text(json.dumps(notebook))

    def edit_manifest(self, old: str, new: str) -> None:
        """Change course.yaml."""
        file = self.path / "course.yaml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))


@pytest.fixture
def press(folder: CourseFilesFolder) -> Press:
    """Return the adopted example course, not released yet."""
    return Press(folder)


def test_release_keeps_versions_writes_the_folder_and_tells(press: Press) -> None:
    report = press.release()
    assert report == ReleaseReport(
        (ReleasedLesson("ps1/problem1", 1, changed=True), ReleasedLesson("ps1/problem2", 1, changed=True)), ()
    )
    with press.storage() as work:
        version = work.versions.find_latest("course101", PROBLEM1)
        assert work.courses.find("course101") == press.folder.read_manifest()[0]
    assert version is not None
    assert (version.number, version.released_at, version.released_by) == (1, AT, "instructor")
    assert [exercise.id for exercise in version.exercises] == [
        "squares",
        "sum_of_squares",
        "sum_of_squares_equation",
        "sum_of_squares_application",
        "cell-938593c4a215c6cc",
    ]
    assert set(version.files) == {"jupyter.png"}
    assert "BEGIN SOLUTION" in json.dumps(version.source)
    assert "BEGIN SOLUTION" not in json.dumps(version.released)
    assert json.loads((press.path / "release" / "ps1" / "problem1.ipynb").read_text()) == version.released
    assert (press.path / "release" / "ps1" / "jupyter.png").is_file()
    assert [(e.kind, e.lesson, e.actor, e.learner, e.data["version"]) for e in press.live.events] == [
        ("lesson_released", PROBLEM1, "instructor", "", 1),
        ("lesson_released", PROBLEM2, "instructor", "", 1),
    ]


def test_same_content_again_changes_nothing(press: Press) -> None:
    press.release()
    press.live.events.clear()
    press.now += timedelta(hours=1)
    assert [item.changed for item in press.release().items] == [False, False]
    assert press.live.events == []
    with press.storage() as work:
        version = work.versions.find_latest("course101", PROBLEM1)
    assert version is not None
    assert (version.number, version.released_at) == (1, AT)


def test_changed_text_makes_a_version_of_that_lesson_alone(press: Press) -> None:
    press.release()
    press.edit(PROBLEM1, "jupyter", "For this problem set", "For this evening")
    assert press.release().items == (
        ReleasedLesson("ps1/problem1", 2, changed=True),
        ReleasedLesson("ps1/problem2", 1, changed=False),
    )


def test_mended_solution_is_a_new_version_though_learners_see_the_same(press: Press) -> None:
    press.release(PROBLEM1)
    press.edit(PROBLEM1, "sum_of_squares", "sum(squares(n))", "sum(squares(int(n)))")
    assert press.release(PROBLEM1).items == (ReleasedLesson("ps1/problem1", 2, changed=True),)
    with press.storage() as work:
        first, second = (work.versions.find("course101", PROBLEM1, number) for number in (1, 2))
    assert first is not None
    assert second is not None
    assert first.sha256 == second.sha256


def test_problem_releases_nothing_and_everything_is_told(press: Press) -> None:
    press.edit(PROBLEM1, "sum_of_squares", "### END SOLUTION", "")
    (press.path / "source" / "ps1" / "problem2.ipynb").write_text("{")
    with pytest.raises(ProblemsFound, match="Nothing was released: 2 problems") as caught:
        press.release()
    problems = [(p["code"], p["file"], p["cell"]) for p in caught.value.details["problems"]]
    assert problems == [
        ("nbgrader", "source/ps1/problem1.ipynb", "sum_of_squares"),
        ("no_json", "source/ps1/problem2.ipynb", ""),
    ]
    with press.storage() as work:
        assert work.versions.latest_of_course("course101") == {}
    assert not (press.path / "release").exists()
    assert not (press.path / "gradebook.db").exists()
    assert press.live.events == []


def test_one_lesson_is_released_though_another_is_broken(press: Press) -> None:
    (press.path / "source" / "ps1" / "problem2.ipynb").write_text("{")
    assert press.release(PROBLEM1).items == (ReleasedLesson("ps1/problem1", 1, changed=True),)


def test_module_stands_for_its_lessons(press: Press) -> None:
    assert [item.lesson for item in press.release(LessonKey("ps1", "")).items] == ["ps1/problem1", "ps1/problem2"]


def test_unknown_lesson_is_refused_with_the_nearest(press: Press) -> None:
    with pytest.raises(NotFound, match=r"has no lesson ps1/problem3\. Did you mean ps1/problem"):
        press.release(LessonKey("ps1", "problem3"))


def test_course_may_not_take_another_name(press: Press) -> None:
    press.edit_manifest("name: course101", "name: other-course")
    with pytest.raises(ProblemsFound) as caught:
        press.release()
    assert [problem["code"] for problem in caught.value.details["problems"]] == ["course_renamed"]


def test_notebook_not_in_the_manifest_is_a_warning(press: Press) -> None:
    press.edit_manifest("problem2", "problem9")
    report = press.release()
    assert [item.lesson for item in report.items] == ["ps1/problem1"]
    assert [problem.code for problem in report.warnings] == ["no_notebook_for_lesson", "not_in_manifest"]


def test_release_that_opens_a_lesson_tells_the_learners(press: Press) -> None:
    press.edit_manifest("requires: []", "requires: [problem2]")
    text = (press.path / "course.yaml").read_text()
    last = text.rindex("requires: [problem2]")
    (press.path / "course.yaml").write_text(text[:last] + "requires: []" + text[last + len("requires: [problem2]") :])
    press.release()
    with press.storage() as work:
        work.progress.mark_started("ada", "course101", PROBLEM2)
    press.edit(PROBLEM2, "part-a", "This function", "That function")
    press.release()  # the first decisions on a learner are only noted
    press.live.events.clear()
    press.edit_manifest("requires: [problem2]", "requires: []")
    press.release()
    assert [(e.kind, e.learner, e.lesson) for e in press.live.events] == [
        ("lesson_unlocked", "ada", PROBLEM1),
        ("path_changed", "ada", None),
    ]


def test_leak_is_found_before_a_learner_can_read_it(press: Press) -> None:
    (press.path / "source" / "ps1" / "solved.py").write_text("def s(n):\n    return sum(squares(n))  # the answer\n")
    report = check(press.folder, NbgraderStripper(press.path))
    assert [(p.code, p.file) for p in report.problems] == [("leak_in_file", "source/ps1/solved.py")]
    assert not report.passed
    assert report.lessons[0].key == PROBLEM2


def test_check_without_manifest_finds_that(press: Press) -> None:
    (press.path / "course.yaml").unlink()
    report = check(press.folder, NbgraderStripper(press.path))
    assert (report.course, [p.code for p in report.problems], report.lessons) == (None, ["no_manifest"], ())


def test_report_of_release_is_plain_json(press: Press) -> None:
    from trailbook.services.views import as_json

    press.edit_manifest("problem2", "problem9")
    plain: dict[str, Any] = json.loads(json.dumps(as_json(press.release())))
    assert plain["items"] == [{"lesson": "ps1/problem1", "version": 1, "changed": True}]
    assert plain["warnings"][0]["code"] == "no_notebook_for_lesson"
