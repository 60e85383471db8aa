"""Points taken for handing in late: nbgrader's `AssignLatePenalties`, with the course's plugin."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from nbgrader.plugins import LateSubmissionPlugin
from traitlets.config import Config

from trailbook.adapters.nbgrader.settings import NbgraderCourse
from trailbook.domain.errors import Invalid

log = logging.getLogger(__name__)

OWN_PLUGIN = "nbgrader.plugins.latesubmission.LateSubmissionPlugin"
BUILT_IN = ("", OWN_PLUGIN, "nbgrader.plugins.LateSubmissionPlugin")

Penalty = Callable[[str, float, float], float | None]
"""Points to take, None for none, from student id, points reached and seconds late."""


def penalty_of(course: NbgraderCourse, *, trusted: bool) -> Penalty:
    """Return the course's late penalty.

    Parameters
    ----------
    trusted
        Whether a plugin of the course's own may be imported into this process. Only for a command that the course's
        staff run; the course service holds the scores of every course, and there such a plugin takes no points.

    Raises
    ------
    Invalid
        ``late_plugin``: the plugin cannot be imported or is none.
    """
    name = str(course.settings.get("AssignLatePenalties", {}).get("plugin_class", ""))
    if name not in BUILT_IN and not trusted:
        log.warning("Late penalties by %s are written by `trailbook grade` only.", name)
        return lambda student, score, seconds: None
    config = Config({name: dict(values) for name, values in course.settings.items()})
    kind = LateSubmissionPlugin if name in BUILT_IN else _load(course.root, name)
    plugin = kind(config=config)

    def penalty(student: str, score: float, seconds: float) -> float | None:
        points = plugin.late_submission_penalty(student, score, seconds)
        # As nbgrader's AssignLatePenalties: never below zero, never above what was reached.
        return None if points is None else min(max(float(points), 0.0), score)

    return penalty


def _load(root: Path, name: str) -> Any:
    """Return the class a dotted name says, from a file of the course folder or from what is installed."""
    module_name, _, class_name = name.rpartition(".")
    file = root / f"{module_name.replace('.', '/')}.py"
    try:
        module = _module_of(file) if file.is_file() else import_module(module_name)
        found = getattr(module, class_name)
    except Exception as error:
        raise _refusal(name, f"cannot be imported: {error}") from error
    if not callable(getattr(found, "late_submission_penalty", None)):
        raise _refusal(name, "has no method late_submission_penalty")
    return found


def _module_of(file: Path) -> Any:
    """Import a file under a name of its own: the plugins of two courses may have the same name."""
    spec = importlib.util.spec_from_file_location(f"_trailbook_late_{abs(hash(str(file)))}", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    writes_cache, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes_cache
    return module


def _refusal(name: str, what: str) -> Invalid:
    message = f"AssignLatePenalties.plugin_class: {name} {what}. Correct it in nbgrader_config.py."
    return Invalid("late_plugin", message)
