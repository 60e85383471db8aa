"""Ed25519: anybody with the public key can tell a receipt; only the course service can make one."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from trailbook.adapters.signing.key_files import read_or_make, write_once
from trailbook.domain.errors import Invalid

PRIVATE = "receipts.key"
PUBLIC = "receipts-{key_id}.pem"
KEY_ID_LENGTH = 16  # hexadecimal characters


class Ed25519Signer:
    """See `trailbook.services.ports.receipts.Signer`.

    Parameters
    ----------
    older
        Public keys that signed before, each as PEM by its id.
    """

    def __init__(self, key: Ed25519PrivateKey, *, older: Mapping[str, bytes] | None = None) -> None:
        self._key = key
        self._key_id = _id_of(key.public_key())
        self._public_keys = {**(older or {}), self._key_id: _pem(key.public_key())}

    def sign(self, message: bytes) -> str:
        """Return ``KEY.SIGNATURE``."""
        return f"{self._key_id}.{_encoded(self._key.sign(message))}"

    def public_keys(self) -> Mapping[str, bytes]:
        """Return every key that ever signed here by its id, as PEM."""
        return self._public_keys


class Ed25519Verifier:
    """See `trailbook.services.ports.receipts.Verifier`.

    Parameters
    ----------
    pems
        Public keys, each as PEM.

    Raises
    ------
    Invalid
        ``bad_key_file``: one of them is no such key.
    """

    def __init__(self, pems: Iterable[bytes]) -> None:
        keys = [_load_public(pem) for pem in pems]
        self._keys = {_id_of(key): key for key in keys}

    def knows(self, key_id: str) -> bool:
        """Whether it has the key with this id."""
        return key_id in self._keys

    def is_right(self, message: bytes, signature: str) -> bool:
        """Whether the signature is of this message by a key it knows."""
        key_id, _, encoded = signature.partition(".")
        key = self._keys.get(key_id)
        if key is None or not encoded.isascii():
            return False
        try:
            raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
            key.verify(raw, message)
        except (InvalidSignature, binascii.Error):
            return False
        return _encoded(raw) == encoded  # the last letter has bits to spare: a change of them is a change


def open_signer(folder: Path) -> Ed25519Signer:
    """Return the signer of a folder.

    The private key is made once, in a file only its owner can read. A new one is made when that file was taken away;
    the public keys of older ones stay beside it, so that old receipts can be verified.

    Raises
    ------
    Invalid
        ``bad_key_file``: the file holds something else.
    """
    path = folder / PRIVATE
    try:
        key: object = load_pem_private_key(read_or_make(path, _new_key), password=None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Invalid("bad_key_file", f"{path} is no Ed25519 key. Take it away, and a new one is made at the start.")
    write_once(folder / PUBLIC.format(key_id=_id_of(key.public_key())), _pem(key.public_key()))
    return Ed25519Signer(key, older=public_keys_in(folder))


def public_keys_in(folder: Path) -> dict[str, bytes]:
    """Return the public keys kept in a folder by their id, as PEM."""
    before, after = PUBLIC.split("{key_id}")
    files = sorted(folder.glob(PUBLIC.format(key_id="*")))
    return {path.name.removeprefix(before).removesuffix(after): path.read_bytes() for path in files}


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _id_of(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:KEY_ID_LENGTH]


def _encoded(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).decode("ascii").rstrip("=")


def _load_public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise Invalid("bad_key_file", "This is no public key. It begins with BEGIN PUBLIC KEY.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid("bad_key_file", "This public key is not of the kind that signs receipts, which is Ed25519.")
    return key
