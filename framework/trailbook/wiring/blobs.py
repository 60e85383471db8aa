"""Where content by hash is kept, as the settings say."""

from __future__ import annotations

from collections.abc import Callable

from trailbook.config import Settings
from trailbook.services.ports.blobs import Blobs

DATABASE = "database"


def find_blobs(settings: Settings, of_database: Callable[[], Blobs]) -> Blobs | None:
    """Return the store that `blob_address` names, None when content goes over the cluster's own connection.

    Raises
    ------
    Invalid
        ``bad_blob_address``: it is no address that can be used here.
    """
    if not settings.blob_address:
        return None
    if settings.blob_address == DATABASE:
        return of_database()
    from trailbook.adapters.blobs import FsspecBlobs

    return FsspecBlobs(settings.blob_address)
