"""Content by its hash in a dictionary."""

from __future__ import annotations

from trailbook.services.ports.blobs import checked, sha256_of


class MemoryBlobs:
    """See `trailbook.services.ports.blobs.Blobs`."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep the content and return its sha256."""
        sha256 = sha256_of(content)
        self._contents[sha256] = content
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the content with this sha256; `Unavailable` when there is none."""
        return checked(self._contents.get(sha256), sha256)
