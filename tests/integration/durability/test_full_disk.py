"""A disk that runs full: new answers are refused, in words, before anything that was acknowledged is lost."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from durability.course import EXERCISE, KEY, NAME, answer_of, learner, write_settings
from durability.ledger import Ledger, audit
from support.small_course import wait_for

from trailbook import wiring
from trailbook.adapters.free_space import FreeSpace
from trailbook.adapters.storage import open_storage
from trailbook.config import Settings, load_settings
from trailbook.domain.errors import Unavailable

ANN = learner("ann")
DISK_BYTES = 8 * 2**20
RESERVE_BYTES = 4 * 2**20
SAID = "The disk of the course service is full, so nothing new can be kept now. Nothing that was sent before is lost."


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    folder = tmp_path / "a small disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def served(folder: Path, disk: Path, *, min_free_bytes: int) -> Iterator[tuple[wiring.Application, Settings]]:
    """Serve with the database on the small disk; nothing is graded before `Application.start`."""
    path = write_settings(folder, state_folder=str(disk / "state"), min_free_bytes=min_free_bytes, workers=1)
    settings = load_settings(path, {})
    application = wiring.build(settings)
    application.open_lesson(ANN, NAME, KEY)
    try:
        yield application, settings
    finally:
        application.stop()


def send(application: wiring.Application, ledger: Ledger, number: int) -> None:
    """Send an answer and note its acknowledgement."""
    answers = {EXERCISE: answer_of(number)}
    seen = application.submit_answer(ANN, NAME, KEY, exercise=EXERCISE, version=1, answers=answers, key=f"key-{number}")
    ledger.note(ANN.name, number, seen.id)


def send_until_refused(application: wiring.Application, ledger: Ledger) -> tuple[int, Unavailable]:
    """Send answers until one is refused, and return its number and the refusal."""
    for number in itertools.count(1):
        try:
            send(application, ledger, number)
        except Unavailable as refusal:
            return number, refusal
    raise AssertionError


def lost(ledger: Ledger, settings: Settings) -> int:
    """Return how many acknowledged answers are not there, read anew."""
    storage = open_storage(settings.database)
    try:
        return audit(ledger, storage, settings.state_folder).lost
    finally:
        storage.close()


def test_what_was_taken_is_still_graded_when_nothing_new_is_taken(tmp_path: Path, small_disk: Path) -> None:
    ledger = Ledger()
    with served(tmp_path / "place", small_disk, min_free_bytes=RESERVE_BYTES) as (application, settings):
        for number in range(1, 4):
            send(application, ledger, number)
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * (DISK_BYTES - RESERVE_BYTES))
        with pytest.raises(Unavailable) as refused:
            send(application, ledger, 4)
        assert (refused.value.code, str(refused.value).startswith(SAID)) == ("disk_full", True)

        application.start()
        wait_for(lambda: [each.verdict for each in application.list_attempts(ANN, NAME, KEY)] == ["graded"] * 3)
        ballast.unlink()
        send(application, ledger, 4)
    assert (len(ledger.ids), lost(ledger, settings)) == (4, 0)


def test_disk_that_is_full_to_the_last_byte_loses_nothing(tmp_path: Path, small_disk: Path) -> None:
    ledger = Ledger()
    with served(tmp_path / "place", small_disk, min_free_bytes=0) as (application, settings):
        (small_disk / "ballast").write_bytes(b"x" * RESERVE_BYTES)
        refused, refusal = send_until_refused(application, ledger)
        assert (refusal.code, str(refusal).startswith(SAID)) == ("disk_full", True)
        with pytest.raises(Unavailable):
            send(application, ledger, refused)
        (small_disk / "ballast").unlink()
        send(application, ledger, refused)
    assert len(ledger.ids) > 50
    assert lost(ledger, settings) == 0


def test_there_is_room_above_the_reserve_and_none_below(tmp_path: Path) -> None:
    FreeSpace(tmp_path, min_free_bytes=0).refuse_when_full()
    with pytest.raises(Unavailable) as refusal:
        FreeSpace(tmp_path, min_free_bytes=10**18).refuse_when_full()
    assert refusal.value.code == "disk_full"
