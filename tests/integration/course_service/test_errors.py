"""Every code that is raised anywhere has a status."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import trailbook
import trailbook_service
from trailbook.domain import errors
from trailbook_service.errors import STATUS, body_of, status_of

CLASSES = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.CourseError)
}
FIXED_CODES = {"LessonLocked": "lesson_locked"}
PLACES = [Path(package.__path__[0]) for package in (trailbook, trailbook_service)]


def codes_raised() -> Iterator[tuple[str, str, str]]:
    """Yield code, class and place of each refusal made in the sources."""
    for file in sorted(path for place in PLACES for path in place.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in CLASSES:
                continue
            where = f"{file.name}:{node.lineno}"
            if node.func.id in FIXED_CODES:
                yield FIXED_CODES[node.func.id], node.func.id, where
            elif isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value), node.func.id, where


def test_every_code_raised_has_a_status() -> None:
    missing = {f"{code} ({where})" for code, _, where in codes_raised() if code not in STATUS}
    assert missing == set()


def test_every_status_is_of_a_code_that_is_raised() -> None:
    assert set(STATUS) - {code for code, _, _ in codes_raised()} == set()


def test_status_fits_the_class_of_the_refusal() -> None:
    usual = {"NotFound": 404, "LessonLocked": 403, "Conflict": 409, "TooLarge": 413, "TooSoon": 429, "Unavailable": 503}
    unusual = {
        (code, kind) for code, kind, _ in codes_raised() if STATUS.get(code) != usual.get(kind, STATUS.get(code))
    }
    assert unusual == set()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("from_a_plugin", "?"), 404),
        (errors.LessonLocked("Later."), 403),
        (errors.Conflict("from_a_plugin", "?"), 409),
        (errors.TooLarge("from_a_plugin", "?"), 413),
        (errors.TooSoon("from_a_plugin", "?", seconds=1), 429),
        (errors.ProblemsFound("from_a_plugin", "?"), 422),
        (errors.Unavailable("from_a_plugin", "?"), 503),
        (errors.CourseError("from_a_plugin", "?"), 500),
    ],
)
def test_code_nobody_listed_is_answered_by_its_class(error: errors.CourseError, status: int) -> None:
    assert status_of(error) == status


def test_refusal_has_one_shape() -> None:
    refusal = errors.LessonLocked("Opens later.", requirements=[])
    assert body_of(refusal) == {
        "message": "Opens later.",
        "code": "lesson_locked",
        "details": {"because": "Opens later.", "requirements": []},
    }
