"""Content by its hash at an fsspec address: a folder, an object store, whatever fsspec has a driver for."""

from __future__ import annotations

import secrets
from typing import Any

import fsspec

from trailbook.domain.errors import Invalid, Unavailable
from trailbook.services.ports.blobs import checked, sha256_of


class FsspecBlobs:
    """See `trailbook.services.ports.blobs.Blobs`. Credentials are the environment's, as the driver documents.

    Parameters
    ----------
    address
        Such as ``file:///srv/blobs``, ``s3://bucket/path``; content lies below it, by the first two characters of its
        hash.

    Raises
    ------
    Invalid
        ``bad_blob_address``: fsspec has no driver for it here.
    """

    def __init__(self, address: str) -> None:
        try:
            found: tuple[Any, str] = fsspec.core.url_to_fs(address)
        except (ValueError, ImportError) as error:
            raise Invalid(
                "bad_blob_address",
                f"blob_address {address!r} cannot be used: {error}. Write `database`, or an fsspec address whose "
                "driver is installed.",
            ) from error
        self._files, self._root = found

    def put(self, content: bytes) -> str:
        """Keep the content and return its sha256; a reader sees all of it or nothing."""
        sha256 = sha256_of(content)
        path = self._path(sha256)
        try:
            if not self._files.exists(path):
                self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
                draft = f"{path}.{secrets.token_hex(8)}"
                self._files.pipe_file(draft, content)
                self._files.mv(draft, path)
        except OSError as error:
            raise _unreachable(error) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the content with this sha256; `Unavailable` when it is missing or damaged."""
        try:
            content: bytes | None = self._files.cat_file(self._path(sha256))
        except FileNotFoundError:
            content = None
        except OSError as error:
            raise _unreachable(error) from error
        return checked(content, sha256)

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"


def _unreachable(error: OSError) -> Unavailable:
    return Unavailable("content_missing", f"The store of lessons does not answer: {error}. Look at blob_address.")
