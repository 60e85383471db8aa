"""`submitted/` on disk: learners put anything there, so no link is followed and nothing is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.course import LessonKey
from trailbook.domain.errors import Invalid
from trailbook.services.ports_submissions import Submitted

SUBMITTED, SUFFIX = "submitted", ".ipynb"
MAX_TIMESTAMP_BYTES = 200


class SubmittedFiles:
    """The submitted notebooks of the course in a folder; see `trailbook.services.ports_submissions`."""

    def __init__(self, path: Path | str) -> None:
        self._root = Path(path).absolute()
        self._files = SafeFolder(self._root)

    def find_all(self) -> Sequence[Submitted]:
        """Return every notebook, by student, module and name."""
        found = []
        for student in self._folders(SUBMITTED):
            for module in self._folders(f"{SUBMITTED}/{student}"):
                for name, kind in self._files.entries(f"{SUBMITTED}/{student}/{module}"):
                    if name.endswith(SUFFIX) and kind != "folder":
                        found.append(Submitted(student, LessonKey(module, name.removesuffix(SUFFIX))))
        return found

    def read(self, submitted: Submitted, *, max_bytes: int) -> bytes:
        """Return a notebook's content; raises `Invalid` for a link, a device or a file over the limit."""
        return self._files.read(f"{_folder(submitted)}/{submitted.lesson.name}{SUFFIX}", max_bytes=max_bytes)

    def is_graded(self, submitted: Submitted) -> bool:
        """Whether an executed notebook in `autograded/` is newer than the submission."""
        try:
            graded = self._path("autograded", submitted).lstat().st_mtime_ns
            return graded > self._path(SUBMITTED, submitted).lstat().st_mtime_ns
        except FileNotFoundError:
            return False

    def read_timestamp(self, submitted: Submitted) -> str:
        """Return the text of its `timestamp.txt`, "" when there is none that can be read."""
        try:
            content = self._files.find(f"{_folder(submitted)}/timestamp.txt", max_bytes=MAX_TIMESTAMP_BYTES)
        except Invalid:
            return ""
        return (content or b"").decode("utf-8", errors="replace").strip()

    def _path(self, step: str, submitted: Submitted) -> Path:
        return self._root / step / submitted.student / f"{submitted.lesson}{SUFFIX}"

    def _folders(self, path: str) -> list[str]:
        return [name for name, kind in self._files.entries(path) if kind == "folder" and not name.startswith(".")]


def _folder(submitted: Submitted) -> str:
    return f"{SUBMITTED}/{submitted.student}/{submitted.lesson.module}"
