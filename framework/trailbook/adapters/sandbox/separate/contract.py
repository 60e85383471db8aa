"""What a release records of a lesson's reference solution, as plain JSON that is kept with the release."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from trailbook.adapters.sandbox.separate.names import names_of
from trailbook.domain.notebook import grade_cells
from trailbook.services.ports import LessonToGrade, Notebook

VERSION = 2

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Contract:
    """How a lesson's tests run, and what the reference solution showed them.

    Attributes
    ----------
    tester
        What the tester recorded: plain data or which kind of object, for every path a test used. None where there
        was no reference solution to record.
    in_process
        ``grade_id`` of the test cells that run in the learner's process.
    imports
        Modules loaded ahead.
    environment
        Fingerprint of the Python environment it was recorded in.
    trusts
        For a test cell, the methods of the learner's objects its verdict depends on.
    numbers
        Test cells that return partial credit: for the reference solution, a number from 0 to their points.
    """

    tester: Mapping[str, Any] | None = None
    in_process: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    environment: str = ""
    trusts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    version: int = VERSION

    def as_plain(self) -> dict[str, Any]:
        """Return the contract as plain JSON values."""
        plain = asdict(self)
        plain["in_process"], plain["imports"] = list(self.in_process), list(self.imports)
        plain["numbers"] = list(self.numbers)
        plain["trusts"] = {name: list(what) for name, what in self.trusts.items()}
        return plain


def read_contract(plain: Mapping[str, Any]) -> Contract | None:
    """Return a stored contract; None for one of another version, which is recorded anew."""
    if plain.get("version") != VERSION:
        return None
    return Contract(
        tester=plain["tester"],
        in_process=tuple(plain["in_process"]),
        imports=tuple(plain["imports"]),
        environment=plain["environment"],
        trusts={name: tuple(what) for name, what in plain["trusts"].items()},
        numbers=tuple(plain["numbers"]),
    )


def lesson_sha256(lesson: LessonToGrade) -> str:
    """Return a hash of all that a contract is recorded from."""
    digest = hashlib.sha256(json.dumps([lesson.source, lesson.released], sort_keys=True).encode())
    for path, content in sorted(lesson.files.items()):
        digest.update(f"\n{path}\n{hashlib.sha256(content).hexdigest()}".encode())
    digest.update(json.dumps(sorted(lesson.data.items())).encode())
    return digest.hexdigest()


def environment_of(imports: Iterable[str]) -> str:
    """Return a fingerprint of this Python and of the packages a lesson uses.

    >>> environment_of([]).count(" ")
    1
    """
    found = [f"Python {platform.python_version()}"]
    for package in sorted({name.partition(".")[0] for name in imports}):
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue  # of the standard library, or installed under another name
    return "; ".join(found)


def owned_names(source: Notebook, contract: Contract) -> dict[str, frozenset[str]]:
    """Return for each answer cell the names that are the learner's once it ran.

    They are those the author's own answer binds or changes, by its text and by what was recorded; what a learner's
    text binds beyond them never takes a name away from the instructor.
    """
    recorded = (contract.tester or {}).get("owned", {})
    return {
        cell.grade_id: names_of(cell.source).binds - {"*"} | frozenset(recorded.get(cell.grade_id, ()))
        for cell in grade_cells(source)
        if cell.solution and cell.cell_type == "code"
    }
