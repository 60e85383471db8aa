"""A bounded folder of content by its hash: what a worker was given once, it need not be given again."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from tempfile import NamedTemporaryFile

from trailbook.domain.errors import Unavailable
from trailbook.services.ports.blobs import Blobs, checked, sha256_of

MAX_BYTES = 2_000_000_000
NAME = re.compile(r"[0-9a-f]{64}")


class CachedBlobs:
    """See `trailbook.services.ports.blobs.Blobs`. Safe to use from several threads, and processes.

    Parameters
    ----------
    folder
        Where content is kept; made when it is not there. What lies in it is checked whenever it is read.
    source
        Where content comes from that is not in the folder; None for nowhere.
    max_bytes
        How much is kept; what was not read for the longest time goes first.
    """

    def __init__(self, folder: Path, *, source: Blobs | None = None, max_bytes: int = MAX_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._source = source
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._bytes = sum(path.stat().st_size for path in self._contents())

    def put(self, content: bytes) -> str:
        """Keep the content and return its sha256."""
        sha256 = sha256_of(content)
        path = self._folder / sha256
        with self._lock:
            if not path.exists():
                with NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as draft:
                    draft.write(content)
                Path(draft.name).replace(path)
                self._bytes += len(content)
                self._make_room(keep=path)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the content with this sha256: from the folder, else from the source.

        Raises
        ------
        Unavailable
            ``content_missing``: it is in neither; ``content_damaged``: what the source has is something else.
        """
        path = self._folder / sha256
        try:
            content = path.read_bytes()
            os.utime(path)
            return checked(content, sha256)
        except FileNotFoundError:
            pass
        except Unavailable:  # the disk lost or changed it; the source has it
            with self._lock:
                self._forget(path)
        if self._source is None:
            return checked(None, sha256)
        content = self._source.get(sha256)
        self.put(content)
        return content

    def _contents(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if NAME.fullmatch(path.name)]

    def _make_room(self, *, keep: Path) -> None:
        if self._bytes <= self._max_bytes:
            return
        for path in sorted(self._contents(), key=lambda each: each.stat().st_mtime_ns):
            if self._bytes > self._max_bytes and path != keep:
                self._forget(path)

    def _forget(self, path: Path) -> None:
        size = path.stat().st_size if path.exists() else 0
        path.unlink(missing_ok=True)
        self._bytes -= size
