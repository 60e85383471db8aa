"""What `trailbook grade` keeps between runs: contracts of lessons, and what was graded of which submission."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from trailbook.domain.errors import Unavailable
from trailbook.services.ports.submissions import Submitted

STATE_FOLDER = ".trailbook"


class GradingStateFolder:
    """The state folder of a course folder; see `trailbook.services.ports.submissions.GradingState`.

    Nothing in it is needed: without it, everything is recorded and graded once more.

    Parameters
    ----------
    environment
        The environment of a cluster that grades; "" where this Python does.
    """

    def __init__(self, path: Path, *, environment: str = "") -> None:
        self._path = path.absolute()
        self._environment = environment

    def find_contract(self, sha256: str) -> Mapping[str, Any] | None:
        """Return the contract of a lesson's content."""
        return self._read(self._path / "contracts" / f"{sha256}.json")

    def put_contract(self, sha256: str, contract: Mapping[str, Any]) -> None:
        """Keep a contract."""
        self._write(self._path / "contracts" / f"{sha256}.json", contract)

    def find_graded(self, submitted: Submitted) -> Mapping[str, Any] | None:
        """Return what was kept of a graded submission."""
        return self._read(self._graded(submitted))

    def put_graded(self, submitted: Submitted, graded: Mapping[str, Any]) -> None:
        """Keep what came out for a submission."""
        self._write(self._graded(submitted), graded)

    def environment(self) -> str:
        """Return what names this Python and all packages in it; of a cluster, its environment's name alone."""
        return f"cluster: {self._environment}" if self._environment else _environment()

    def _graded(self, submitted: Submitted) -> Path:
        return self._path / "graded" / submitted.student / submitted.lesson.module / f"{submitted.lesson.name}.json"

    def _read(self, path: Path) -> Mapping[str, Any] | None:
        try:
            found = json.loads(path.read_bytes())
        except (OSError, ValueError):  # not there, or half of it
            return None
        return found if isinstance(found, dict) else None

    def _write(self, path: Path, value: Mapping[str, Any]) -> None:
        between = path.with_name(f".{uuid4().hex}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            between.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8", errors="replace")
            between.replace(path)
        except OSError as error:
            message = f"{self._path} cannot be written: {error.strerror}. Choose another folder with --state."
            raise Unavailable("folder_unavailable", message) from error


@functools.cache
def _environment() -> str:
    packages = sorted(
        f"{distribution.metadata['Name']} {distribution.version}" for distribution in importlib.metadata.distributions()
    )
    return hashlib.sha256("\n".join([sys.version, *packages]).encode()).hexdigest()
