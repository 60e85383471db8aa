"""Content by its hash: at an fsspec address, and in a bounded folder of this machine."""

from trailbook.adapters.blobs.cached import CachedBlobs
from trailbook.adapters.blobs.remote import FsspecBlobs

__all__ = ["CachedBlobs", "FsspecBlobs"]
