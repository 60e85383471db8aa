"""What a course's `nbgrader_config.py` sets, read without running it.

The file is a program, written by the staff of one course; the course service holds every course. So only settings of
the form ``c.Class.trait = <literal>`` are read, and what else touches ``c`` is a problem where Trailbook depends on it.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from typing import Any

from trailbook.domain.problem import Problem

NbgraderSettings = Mapping[str, Mapping[str, Any]]
"""Values by class and trait: ``{"ClearSolutions": {"begin_solution_delimeter": "BEGIN ANSWER"}}``."""

PYTHON_FILE, JSON_FILE = "nbgrader_config.py", "nbgrader_config.json"

FIXED = {
    ("CourseDirectory", "directory_structure"): "{nbgrader_step}/{student_id}/{assignment_id}",
    ("CourseDirectory", "source_directory"): "source",
    ("CourseDirectory", "release_directory"): "release",
    ("CourseDirectory", "submitted_directory"): "submitted",
    ("CourseDirectory", "autograded_directory"): "autograded",
}
"""Settings Trailbook supports with this value only."""

SUPPORTED: Mapping[str, frozenset[str] | None] = {
    "CourseDirectory": None,
    "IncludeHeaderFooter": None,
    "LockCells": None,
    "ClearSolutions": None,
    "ClearHiddenTests": None,
    "ClearMarkScheme": None,
    "ClearOutput": None,
    "InstantiateTests": None,
    "GenerateAssignment": frozenset({"create_assignment", "no_database", "force", "permissions"}),
    "GenerateAssignmentApp": frozenset(),
    "Assign": frozenset(),
}
"""Classes that decide what a learner receives, or where it lies, with the traits of each that Trailbook honours or
can leave alone; None for all of them."""


def read_settings(python_text: str | None, json_text: str | None) -> tuple[NbgraderSettings, list[Problem]]:
    """Return what the two configuration files set, and what in them Trailbook cannot follow; None for no file."""
    found: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    lines: dict[tuple[str, str], tuple[str, int | None]] = {}
    for name, trait, value, line in _read_python(python_text, problems):
        found.setdefault(name, {})[trait] = value
        lines[name, trait] = (PYTHON_FILE, line)
    for name, trait, value in _read_json(json_text, problems):  # JSON wins, as in traitlets
        found.setdefault(name, {})[trait] = value
        lines[name, trait] = (JSON_FILE, None)
    problems += _unsupported(found, lines)
    return found, problems


def _read_python(text: str | None, problems: list[Problem]) -> Iterator[tuple[str, str, Any, int]]:
    try:
        module = ast.parse(text or "")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        problems.append(Problem("nbgrader_config", f"This is no Python: {error}.", PYTHON_FILE, line=line))
        return
    imported = _imported(module)
    for statement in module.body:
        name, trait = _target(statement)
        if name is not None and trait is not None and isinstance(statement, ast.Assign):
            if (path := imported.get(ast.unparse(statement.value))) is not None:
                yield name, trait, path, statement.lineno  # a class, as ``"package.Class"``: traitlets takes that too
                continue
            try:
                yield name, trait, ast.literal_eval(statement.value), statement.lineno
                continue
            except ValueError:
                pass
        touched = _touched_classes(statement)
        if touched & SUPPORTED.keys() or (touched and name is None):
            message = (
                "Trailbook reads this file without running it and cannot follow this statement. "
                "Write it as c.Class.setting = value, with a plain value."
            )
            problems.append(Problem("nbgrader_config", message, PYTHON_FILE, line=statement.lineno))


def _imported(module: ast.Module) -> dict[str, str]:
    """Return the dotted path of each name that the file imports from a module."""
    return {
        alias.asname or alias.name: f"{statement.module}.{alias.name}"
        for statement in module.body
        if isinstance(statement, ast.ImportFrom) and statement.module and statement.level == 0
        for alias in statement.names
    }


def _target(statement: ast.stmt) -> tuple[str | None, str | None]:
    """Return class and trait of ``c.Class.trait = …``."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None, None
    target = statement.targets[0]
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Attribute) and _is_config(target.value.value):
        return target.value.attr, target.attr
    return None, None


def _touched_classes(statement: ast.stmt) -> set[str]:
    """Return the classes whose settings the statement may change; ``c = get_config()`` touches none."""
    return {node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute) and _is_config(node.value)} | {
        str(getattr(node.slice, "value", "?"))
        for node in ast.walk(statement)
        if isinstance(node, ast.Subscript) and _is_config(node.value)
    }


def _is_config(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "c"


def _read_json(text: str | None, problems: list[Problem]) -> Iterator[tuple[str, str, Any]]:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        problems.append(Problem("nbgrader_config", f"This is no JSON: {error}.", JSON_FILE))
        return
    for name, traits in found.items() if isinstance(found, dict) else ():
        for trait, value in traits.items() if isinstance(traits, dict) else ():
            yield name, trait, value


def _unsupported(found: NbgraderSettings, lines: Mapping[tuple[str, str], tuple[str, int | None]]) -> list[Problem]:
    problems = []
    for name, traits in found.items():
        allowed = SUPPORTED.get(name)
        for trait, value in traits.items():
            file, line = lines[name, trait]
            fixed = FIXED.get((name, trait))
            if fixed is not None and value != fixed:
                message = f"{name}.{trait} must be {fixed!r}: Trailbook knows nbgrader's standard folders only."
            elif allowed is not None and trait not in allowed:
                message = f"{name}.{trait} changes how nbgrader makes a release; Trailbook does not know it. Remove it."
            else:
                continue
            problems.append(Problem("nbgrader_config", message, file, line=line))
    return problems
