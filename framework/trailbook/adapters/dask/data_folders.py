"""Instructors' data on a worker: laid out in folders from content by hash, for gradings to read."""

from __future__ import annotations

import json
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from trailbook.domain.errors import Unavailable
from trailbook.services.ports.blobs import sha256_of

AT_HAND = 8

Pieces = Callable[[Iterable[str]], Mapping[str, bytes]]
"""Returns content by hash."""


class DataFolders:
    """Folders by the hash of all that is in them; those not in use are kept up to `AT_HAND`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Path] = OrderedDict()
        self._users: dict[str, int] = {}

    @contextmanager
    def laid_out(self, tree: Mapping[str, str], pieces: Pieces) -> Iterator[Path]:
        """Yield a folder with these files, given by the hash of each, that stays as long as it is used.

        Raises
        ------
        Unavailable
            ``grading_failed``: a file would lie outside of the folder.
        """
        name = sha256_of(json.dumps(tree, sort_keys=True).encode())
        with self._lock:
            if name not in self._known:
                self._known[name] = self._lay_out(tree, pieces)
            self._known.move_to_end(name)
            self._users[name] = self._users.get(name, 0) + 1
            path = self._known[name]
        try:
            yield path
        finally:
            with self._lock:
                self._users[name] -= 1
                self._make_room()

    def _lay_out(self, tree: Mapping[str, str], pieces: Pieces) -> Path:
        contents = pieces(tree.values())
        folder = Path(mkdtemp(dir=self._folder))
        for relative, piece in tree.items():
            file = folder / relative
            if not file.resolve().is_relative_to(folder.resolve()):
                raise Unavailable(
                    "grading_failed", f"A file of the course's data would lie outside of it: {relative!r}."
                )
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(contents[piece])
        return folder

    def _make_room(self) -> None:
        unused = [name for name in self._known if not self._users[name]]
        for name in unused[: max(0, len(self._known) - AT_HAND)]:
            del self._users[name]
            shutil.rmtree(self._known.pop(name))
