"""The course templates that come with Trailbook, and the folders made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.course_rules import MANIFEST
from trailbook.domain.errors import Conflict

MAX_FILE_BYTES = 50_000_000


class CourseTemplates:
    """The folders with a `course.yaml` below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> Sequence[str]:
        """Return the names of the templates, sorted."""
        return sorted(manifest.parent.name for manifest in self._root.glob(f"*/{MANIFEST}"))

    def read(self, name: str) -> Mapping[str, bytes]:
        """Return the template's files by relative path; what tools leave behind is not part of it."""
        folder = SafeFolder(self._root / name)
        return {
            path: folder.read(path, max_bytes=MAX_FILE_BYTES)
            for path, kind in folder.walk("")
            if kind == "file" and not any(step.startswith(".") or step == "__pycache__" for step in path.split("/"))
        }


class NewCourseFolder:
    """A folder that does not exist yet, or is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()

    @property
    def name(self) -> str:
        """Return the folder's name."""
        return self._path.name

    def fill(self, files: Mapping[str, bytes]) -> None:
        """Write the files.

        Raises
        ------
        Conflict
            ``folder_not_empty``: something is there already.
        """
        if self._path.exists() and (not self._path.is_dir() or any(self._path.iterdir())):
            message = f"{self._path} is there already and not empty. Name a new folder."
            raise Conflict("folder_not_empty", message)
        self._path.mkdir(parents=True, exist_ok=True)
        folder = SafeFolder(self._path)
        for path, content in files.items():
            folder.write(path, content)
