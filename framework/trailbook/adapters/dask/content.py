"""A lesson as content by hash: what the service sends of it, and how a worker has it back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trailbook.services.ports import LessonToGrade
from trailbook.services.ports.blobs import sha256_of


@dataclass(frozen=True)
class PackedLesson:
    """A lesson in pieces.

    Attributes
    ----------
    sha256
        Of the piece that says what the lesson consists of.
    pieces
        Every piece, that one among them, by its sha256.
    """

    sha256: str
    pieces: Mapping[str, bytes]


@dataclass(frozen=True)
class LessonContent:
    """What is the same for every grading of a lesson, as a worker has it.

    Attributes
    ----------
    files
        sha256 by path beside the notebook.
    data
        Files of each folder of instructors' data, as sha256 by path within it.
    """

    source: Mapping[str, Any]
    released: Mapping[str, Any]
    contract: Mapping[str, Any]
    files: Mapping[str, str]
    data: Mapping[str, Mapping[str, str]]


class Packer:
    """Packs lessons; files of the instructors' data are read anew only when they changed."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[tuple[int, int], bytes]] = {}

    def pack(self, lesson: LessonToGrade) -> PackedLesson:
        """Return a lesson in pieces; the same lesson gives the same pieces."""
        pieces: dict[str, bytes] = {}

        def keep(content: bytes) -> str:
            sha256 = sha256_of(content)
            pieces[sha256] = content
            return sha256

        index = {
            "source": lesson.source,
            "released": lesson.released,
            "contract": lesson.contract,
            "files": {path: keep(content) for path, content in lesson.files.items()},
            "data": {
                name: {path: keep(self._content(file)) for path, file in _files_below(Path(folder))}
                for name, folder in lesson.data.items()
            },
        }
        return PackedLesson(keep(json.dumps(index, sort_keys=True).encode("ascii")), pieces)

    def _content(self, file: Path) -> bytes:
        status = file.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._read.get(file)
        if known is None or known[0] != stamp:
            known = self._read[file] = (stamp, file.read_bytes())
        return known[1]


def read_lesson(index: bytes) -> LessonContent:
    """Return the lesson whose first piece this is."""
    return LessonContent(**json.loads(index))


def _files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the regular files below a folder; a link could lead out of the course, and is left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path
