"""Content that travels by its hash, so that two machines need no common folder."""

from __future__ import annotations

import hashlib
from typing import Protocol

from trailbook.domain.errors import Unavailable


class Blobs(Protocol):
    """Keeps content by its sha256; what was put stays as it was."""

    def put(self, content: bytes) -> str:
        """Keep the content and return its sha256, 64 characters in hexadecimal; safe to repeat."""

    def get(self, sha256: str) -> bytes:
        """Return the content with this sha256.

        Raises
        ------
        Unavailable
            ``content_missing``: it was never put here; ``content_damaged``: it is no longer what was put.
        """


def sha256_of(content: bytes) -> str:
    """Return the sha256 of the content in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def checked(content: bytes | None, sha256: str) -> bytes:
    """Return content that was looked up by its hash; `Unavailable` when there was none or it is another."""
    if content is None:
        raise Unavailable(
            "content_missing",
            "Something a grading needs is not where it was kept. Look at the course service's database or store.",
            sha256=sha256,
        )
    if sha256_of(content) != sha256:
        raise Unavailable(
            "content_damaged",
            "Something a grading needs was changed where it was kept. Restore it from a copy of the database or store.",
            sha256=sha256,
        )
    return content
