"""Content by its hash, alike wherever it is kept."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import text

from trailbook.adapters.memory import MemoryStorage
from trailbook.adapters.storage import SqlStorage, open_storage
from trailbook.adapters.storage.engine import make_engine
from trailbook.domain.errors import Unavailable

CONTENT = b"\x00\xff a notebook"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def test_content_is_found_by_its_hash(empty_storage: MemoryStorage | SqlStorage) -> None:
    blobs = empty_storage.blobs
    assert [blobs.put(CONTENT), blobs.put(CONTENT), blobs.put(b"")] == [SHA256, SHA256, hashlib.sha256().hexdigest()]
    assert (blobs.get(SHA256), blobs.get(hashlib.sha256().hexdigest())) == (CONTENT, b"")


def test_content_nobody_put_is_missing(empty_storage: MemoryStorage | SqlStorage) -> None:
    with pytest.raises(Unavailable) as refusal:
        empty_storage.blobs.get(SHA256)
    assert (refusal.value.code, refusal.value.details) == ("content_missing", {"sha256": SHA256})


def test_content_that_was_changed_is_never_given(shared_url: str) -> None:
    storage = open_storage(shared_url)
    storage.blobs.put(CONTENT)
    engine = make_engine(shared_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE blobs SET content = :content"), {"content": b"x"})
    engine.dispose()
    with pytest.raises(Unavailable) as refusal:
        storage.blobs.get(SHA256)
    storage.close()
    assert refusal.value.code == "content_damaged"
