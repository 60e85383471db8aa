from __future__ import annotations

import pytest

from trailbook.domain.nbgrader_config import read_settings


def test_plain_settings_are_read_with_json_over_python() -> None:
    text = 'c = get_config()\nc.CourseDirectory.course_id = "a"\nc.ClearSolutions.code_stub = {"python": "pass"}\n'
    settings, problems = read_settings(text, '{"CourseDirectory": {"course_id": "b"}}')
    assert settings == {"CourseDirectory": {"course_id": "b"}, "ClearSolutions": {"code_stub": {"python": "pass"}}}
    assert problems == []


def test_no_files_set_nothing() -> None:
    assert read_settings(None, None) == ({}, [])


def test_config_is_never_run() -> None:
    settings, problems = read_settings("raise SystemExit('ran')\nimport os; os._exit(3)\n", None)
    assert (settings, problems) == ({}, [])


@pytest.mark.parametrize(
    "statement",
    [
        "c.ClearSolutions.begin_solution_delimeter = name",
        "c.ClearHiddenTests.begin_test_delimeter = 'A' + 'B'.lower()",
        "if True:\n    c.LockCells.lock_all_cells = True",
        "c['ClearSolutions']['text_stub'] = 'x'",
        "c.CourseDirectory.ignore.append('x')",
        "c.GenerateAssignment.preprocessors = []",
        "c.CourseDirectory.source_directory = 'src'",
        "c.Assign.create_assignment = True",
        "c.update(other)",
    ],
)
def test_setting_that_cannot_be_followed_is_a_problem_on_its_line(statement: str) -> None:
    _, problems = read_settings(f"c = get_config()\n\n{statement}\n", None)
    assert [(p.code, p.file, p.line) for p in problems] == [("nbgrader_config", "nbgrader_config.py", 3)]


@pytest.mark.parametrize(
    "statement",
    ["c.Exchange.root = os.path.join('/srv', 'x')", "c.CourseDirectory.source_directory = 'source'", "x = [1]"],
)
def test_setting_that_does_not_matter_is_left_alone(statement: str) -> None:
    assert read_settings(statement, None)[1] == []


@pytest.mark.parametrize(("python", "json"), [("c.X.y = (", None), (None, "{"), ("\0", None)])
def test_unreadable_config_is_a_problem(python: str | None, json: str | None) -> None:
    assert [problem.code for problem in read_settings(python, json)[1]] == ["nbgrader_config"]
