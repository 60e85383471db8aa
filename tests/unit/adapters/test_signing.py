"""Tests of the key that signs receipts: made once, private, and replaced without losing the older ones."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trailbook.adapters.signing import Ed25519Verifier, open_signer, public_keys_in
from trailbook.domain.errors import Invalid

MESSAGE = b'{"id":"x"}'


def test_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a state"
    first, second = open_signer(folder), open_signer(folder)
    assert first.sign(MESSAGE) == second.sign(MESSAGE)
    assert {path.name for path in folder.iterdir()} == {
        "receipts.key",
        *(f"receipts-{name}.pem" for name in first.public_keys()),
    }
    assert stat.S_IMODE((folder / "receipts.key").stat().st_mode) == 0o600


def test_services_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        signatures = set(pool.map(lambda _: open_signer(tmp_path).sign(MESSAGE), range(16)))
    assert len(signatures) == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_new_key_leaves_older_receipts_verifiable(tmp_path: Path) -> None:
    old = open_signer(tmp_path)
    signed = old.sign(MESSAGE)
    (tmp_path / "receipts.key").unlink()
    new = open_signer(tmp_path)
    assert new.sign(MESSAGE) != signed
    assert new.public_keys() == public_keys_in(tmp_path)
    assert set(old.public_keys()) < set(new.public_keys())
    verifier = Ed25519Verifier(new.public_keys().values())
    assert verifier.is_right(MESSAGE, signed)
    assert verifier.is_right(MESSAGE, new.sign(MESSAGE))


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_file_that_is_no_key_stops_the_start_and_is_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "receipts.key").write_bytes(content)
    with pytest.raises(Invalid) as refusal:
        open_signer(tmp_path)
    assert refusal.value.code == "bad_key_file"
    assert (tmp_path / "receipts.key").read_bytes() == content


@pytest.mark.parametrize("signature", ["", ".", "{key}", "{key}.", "{key}.ü", "{key}.A", "{key}.!!!!", "other.{rest}"])
def test_what_is_no_signature_is_not_right(tmp_path: Path, signature: str) -> None:
    signer = open_signer(tmp_path)
    name, _, rest = signer.sign(MESSAGE).partition(".")
    verifier = Ed25519Verifier(signer.public_keys().values())
    assert verifier.is_right(MESSAGE, f"{name}.{rest}")
    assert not verifier.is_right(MESSAGE, signature.format(key=name, rest=rest))
    assert not verifier.is_right(MESSAGE + b" ", f"{name}.{rest}")
