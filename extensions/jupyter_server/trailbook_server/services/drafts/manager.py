"""Drafts: the learner's answers as last typed, with a revision so that two tabs cannot overwrite each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Conflict
from trailbook_server.storage import lesson_folder, read_json, write_json


@dataclass(frozen=True)
class Drafts:
    """One lesson's drafts: source by ``grade_id``; ``revision`` counts the saves, 0 before the first."""

    revision: int = 0
    cells: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the drafts as the page gets them."""
        return {"revision": self.revision, "cells": dict(self.cells)}


class DraftManager:
    """Keeps drafts below `folder`, one file a lesson. A new release changes nothing: ``grade_id`` is the key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, course: str, key: LessonKey) -> Drafts:
        """Return the lesson's drafts."""
        stored = read_json(self._file(course, key))
        cells, revision = stored.get("cells"), stored.get("revision")
        if not isinstance(cells, dict) or not isinstance(revision, int):
            return Drafts()
        return Drafts(revision, {name: source for name, source in cells.items() if isinstance(source, str)})

    def save(self, course: str, key: LessonKey, *, based_on: int, cells: Mapping[str, str]) -> Drafts:
        """Save the given cells and keep the others; return the drafts as they are now.

        Parameters
        ----------
        based_on
            The revision the page last saw.

        Raises
        ------
        Conflict
            Another tab saved since. Both are kept: the saved drafts are in the details, and what was refused
            is in the file as ``rejected`` until the next save.
        """
        saved = self.read(course, key)
        merged = {**saved.cells, **cells}
        if merged == saved.cells:
            # Nothing new: the answer to the first try was lost, or two tabs agree.
            return saved
        file = self._file(course, key)
        if based_on != saved.revision:
            write_json(file, saved.as_json() | {"rejected": {"revision": based_on, "cells": dict(cells)}})
            raise Conflict(
                "draft_conflict",
                "This lesson was changed in another tab or on another device. Both texts are kept: choose one.",
                **saved.as_json(),
            )
        drafts = Drafts(saved.revision + 1, merged)
        write_json(file, drafts.as_json())
        return drafts

    def _file(self, course: str, key: LessonKey) -> Path:
        return lesson_folder(self._folder, course, key) / "drafts.json"
