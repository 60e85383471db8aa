"""How every command speaks: a line for a person, JSON for a program, refusals on standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from trailbook.domain.errors import CourseError


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``: one JSON value on standard output instead of text."""
    parser.add_argument("--json", action="store_true", help="print one JSON value for a program, not text for a person")


def print_json(value: Any) -> None:
    """Print one JSON value on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def printable(text: str) -> str:
    """Return a line of text harmless: folders in `submitted/` may have any name, and a terminal obeys some."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def print_refusal(refusal: CourseError, *, as_json: bool) -> None:
    """Print a refusal: its message and, a line each, its problems, on standard error; as JSON on standard output."""
    if as_json:
        print_json({"message": refusal.message, "code": refusal.code, "details": refusal.details})
        return
    print(f"trailbook: {refusal.message}", file=sys.stderr)
    for line in problem_lines(refusal.details.get("problems", ())):
        print(line, file=sys.stderr)


def problem_lines(problems: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return ``file:line: message [code]`` for each problem given as plain values.

    >>> problem_lines([{"file": "course.yaml", "line": 3, "code": "unknown_key", "message": "No such key."}])
    ['course.yaml:3: No such key. [unknown_key]']
    """
    return [_line(problem) for problem in problems]


def _line(problem: Mapping[str, Any]) -> str:
    kind = "warning: " if problem.get("warning") else ""
    return f"{_place(problem)}{kind}{problem['message']} [{problem['code']}]"


def _place(problem: Mapping[str, Any]) -> str:
    parts = [str(problem[key]) for key in ("file", "line") if problem.get(key)]
    if problem.get("cell"):
        parts.append(f"cell {problem['cell']}")
    return ":".join(parts) + ": " if parts else ""
