"""Who signs receipts and tells whether a signature is right, as protocols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Signer(Protocol):
    """Signs with the course service's key of today."""

    def sign(self, message: bytes) -> str:
        """Return ``KEY.SIGNATURE``: the key's id, and the signature in URL-safe base64."""

    def public_keys(self) -> Mapping[str, bytes]:
        """Return every key that ever signed here by its id, each as PEM; anybody may have them."""


class Verifier(Protocol):
    """Knows public keys."""

    def knows(self, key_id: str) -> bool:
        """Whether it has the key with this id."""

    def is_right(self, message: bytes, signature: str) -> bool:
        """Whether the signature, as `Signer.sign` returned it, is of this message by a key it knows."""
