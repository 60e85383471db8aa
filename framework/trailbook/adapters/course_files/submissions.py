"""`submitted/` on disk: learners put anything there, so no link is followed and nothing is trusted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.course import LessonKey
from trailbook.domain.errors import CourseError
from trailbook.domain.names import normalise_name
from trailbook.services.ports.submissions import Submitted, Timestamp

SUBMITTED, SUFFIX, TIMESTAMP = "submitted", ".ipynb", "timestamp.txt"
MAX_TIMESTAMP_BYTES = 200
MAX_FILES = 200  # beside one notebook
IGNORED = ("__pycache__", "feedback")


class SubmittedFiles:
    """The submitted notebooks of the course in a folder; see `trailbook.services.ports.submissions`."""

    def __init__(self, path: Path | str) -> None:
        self._root = Path(path).absolute()
        self._files = SafeFolder(self._root)

    def find_all(self) -> Sequence[Submitted]:
        """Return every notebook, by student, module and name."""
        found = []
        for student in self._folders(SUBMITTED):
            for module in self._folders(f"{SUBMITTED}/{student}"):
                for name, kind in self._files.entries(f"{SUBMITTED}/{student}/{module}"):
                    if name.endswith(SUFFIX) and kind != "folder" and not name.startswith("."):
                        found.append(Submitted(student, LessonKey(module, name.removesuffix(SUFFIX))))
        return found

    def read(self, submitted: Submitted, *, max_bytes: int) -> bytes:
        """Return a notebook's content; raises `Invalid` for a link, a device or a file over the limit."""
        return self._files.read(f"{_folder(submitted)}/{submitted.lesson.name}{SUFFIX}", max_bytes=max_bytes)

    def files_beside(self, submitted: Submitted, *, but: Collection[str], max_bytes: int) -> Mapping[str, bytes]:
        """Return the files handed in with a notebook, by relative path, without those that are over a limit."""
        folder = _folder(submitted)
        found: dict[str, bytes] = {}
        for path, kind in self._files.walk(folder):
            ours = normalise_name(path)
            if kind != "file" or path.endswith(SUFFIX) or ours in but or _is_ignored(path):
                continue
            try:
                content = self._files.read(f"{folder}/{path}", max_bytes=max_bytes)
            except (CourseError, OSError):
                continue  # too large, or swapped meanwhile: as if it had not been handed in
            max_bytes -= len(content)
            found[ours] = content
            if len(found) == MAX_FILES:
                break
        return found

    def read_timestamp(self, submitted: Submitted) -> Timestamp:
        """Return when it says it was handed in, and when its files came here."""
        folder = _folder(submitted)
        text: str | None
        try:
            content = self._files.find(f"{folder}/{TIMESTAMP}", max_bytes=MAX_TIMESTAMP_BYTES)
            text = None if content is None else content.decode("utf-8", errors="replace").strip()
        except (CourseError, OSError):
            text = ""
        # The system's own note of the last change: unlike the time of modification, nobody can set it.
        notebook = self._root / folder / f"{submitted.lesson.name}{SUFFIX}"
        return Timestamp(text, datetime.fromtimestamp(notebook.lstat().st_ctime, UTC))

    def _folders(self, path: str) -> list[str]:
        return [name for name, kind in self._files.entries(path) if kind == "folder" and not name.startswith(".")]


def _is_ignored(path: str) -> bool:
    return any(step.startswith(".") or step in IGNORED for step in path.split("/"))


def _folder(submitted: Submitted) -> str:
    return f"{SUBMITTED}/{submitted.student}/{submitted.lesson.module}"
