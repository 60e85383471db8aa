"""Tests of content by its hash where machines keep and fetch it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trailbook.adapters.blobs import CachedBlobs, FsspecBlobs
from trailbook.adapters.memory.blobs import MemoryBlobs
from trailbook.domain.errors import Invalid, Unavailable
from trailbook.services.ports.blobs import Blobs, sha256_of

CONTENT = b"\x00\xff a notebook"
SHA256 = sha256_of(CONTENT)


@pytest.fixture(params=["memory", "folder", "address"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Each place."""
    if request.param == "memory":
        return MemoryBlobs()
    if request.param == "folder":
        return CachedBlobs(tmp_path / "a folder")
    return FsspecBlobs(f"file://{tmp_path}/a store")


def names_in(folder: Path) -> set[str]:
    """Return the names of all files."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_content_is_found_by_its_hash_and_nothing_else_is(blobs: Blobs) -> None:
    assert [blobs.put(CONTENT), blobs.put(CONTENT)] == [SHA256, SHA256]
    assert blobs.get(SHA256) == CONTENT
    with pytest.raises(Unavailable) as refusal:
        blobs.get(sha256_of(b"something else"))
    assert refusal.value.code == "content_missing"


def test_content_that_was_changed_in_a_store_is_never_given(tmp_path: Path) -> None:
    blobs = FsspecBlobs(f"file://{tmp_path}")
    blobs.put(CONTENT)
    (tmp_path / SHA256[:2] / SHA256).write_bytes(b"assert True")
    with pytest.raises(Unavailable) as refusal:
        blobs.get(SHA256)
    assert refusal.value.code == "content_damaged"


def test_a_store_nobody_has_a_driver_for_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        FsspecBlobs("nowhere://bucket")
    assert refusal.value.code == "bad_blob_address"
    assert "nowhere://bucket" in refusal.value.message


def test_a_folder_fetches_what_it_lacks_once(tmp_path: Path) -> None:
    source = MemoryBlobs()
    source.put(CONTENT)
    CachedBlobs(tmp_path, source=source).get(SHA256)

    assert CachedBlobs(tmp_path).get(SHA256) == CONTENT
    assert names_in(tmp_path) == {SHA256}


def test_a_folder_whose_disk_lost_content_fetches_it_again(tmp_path: Path) -> None:
    source = MemoryBlobs()
    blobs = CachedBlobs(tmp_path, source=source)
    source.put(CONTENT)
    blobs.put(CONTENT)
    (tmp_path / SHA256).write_bytes(CONTENT[:3])

    assert blobs.get(SHA256) == CONTENT
    assert (tmp_path / SHA256).read_bytes() == CONTENT


def test_a_folder_lets_go_of_what_was_not_read_for_longest(tmp_path: Path) -> None:
    blobs = CachedBlobs(tmp_path, max_bytes=25)
    pieces = [bytes([letter]) * 10 for letter in b"abc"]
    for age, piece in enumerate(pieces[:2]):
        os.utime(tmp_path / blobs.put(piece), (age, age))
    blobs.get(sha256_of(pieces[0]))

    blobs.put(pieces[2])

    assert names_in(tmp_path) == {sha256_of(pieces[0]), sha256_of(pieces[2])}
