"""Keeps room on the disk for what was accepted before: new work is refused first."""

from __future__ import annotations

import os
from pathlib import Path

from trailbook.domain.errors import Unavailable


class FreeSpace:
    """Says whether a file system has room for new work beside the reserve.

    Parameters
    ----------
    folder
        Any folder of it.
    min_free_bytes
        The reserve, which grading and the log may use up and new work may not.
    """

    def __init__(self, folder: Path, *, min_free_bytes: int) -> None:
        self._folder = folder
        self._min_free_bytes = min_free_bytes

    def refuse_when_full(self) -> None:
        """Raise `Unavailable` (``disk_full``) unless there is more room than the reserve."""
        found = os.statvfs(self._folder)
        if found.f_bavail * found.f_frsize < self._min_free_bytes:
            raise disk_full()


def disk_full() -> Unavailable:
    """Return the refusal of a disk that has no room."""
    return Unavailable(
        "disk_full",
        "The disk of the course service is full, so nothing new can be kept now. Nothing that was sent before is lost. "
        "Keep your answer, tell whoever runs Trailbook, and send it again later.",
    )
