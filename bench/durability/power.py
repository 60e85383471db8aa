"""What is left of acknowledged answers when the power goes at a random instant."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from durability.block_disk import copy_of, disk_image, mounted
from durability.course import write_settings
from durability.power_writer import receive_answers
from durability.processes import begin, context
from trailbook.domain.receipts import content_sha256

BETWEEN_SECONDS = (0.2, 0.9)
PATIENCE_SECONDS = 600.0
NO_LIMIT = 10_000_000


@dataclass(frozen=True)
class PowerCuts:
    """How many cuts there were, how many answers were acknowledged before the last, and how many any of them lost."""

    images: int
    acknowledged: int
    lost: int


def cut_power(*, images: int, at_least: int, synchronous: str = "FULL") -> PowerCuts:
    """Cut the power at random instants while answers are received, and look for every acknowledged one on the disk.

    Parameters
    ----------
    images
        Cuts, each looked at by itself.
    at_least
        Answers to be acknowledged before the last cut, at least.
    synchronous
        What SQLite's setting of this name is.
    """
    chance, lost, acknowledged = random.Random(), set[str](), dict[str, str]()
    with disk_image() as image, mounted(image) as folder:
        place = folder / "service"
        place.mkdir()
        settings = write_settings(place, min_free_bytes=0, max_waiting_jobs=NO_LIMIT)
        with _writing(settings, synchronous) as writer:
            for number in range(images):
                writer.wait_for(at_least if number == images - 1 else 1)
                threading.Event().wait(chance.uniform(*BETWEEN_SECONDS))
                acknowledged = writer.stand_still()
                with copy_of(image) as copy:
                    writer.go_on()
                    lost |= _lost(copy, acknowledged)
    return PowerCuts(images, len(acknowledged), len(lost))


def _lost(copy: Path, acknowledged: Mapping[str, str]) -> set[str]:
    """Return the acknowledged answers that are not on the disk, whole."""
    with mounted(copy) as folder, closing(sqlite3.connect(folder / "service" / "state" / "trailbook.db")) as database:
        rows = database.execute("SELECT id, answers FROM attempts").fetchall()
    kept = {attempt_id: content_sha256(json.loads(answers)) for attempt_id, answers in rows}
    return {attempt_id for attempt_id, sha256 in acknowledged.items() if kept.get(attempt_id) != sha256}


class _Writer:
    """The program that receives, and what it said it has."""

    def __init__(self, process: BaseProcess, line: Connection) -> None:
        self._process = process
        self._line = line
        self._heard: dict[str, str] = {}
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def wait_for(self, count: int) -> None:
        """Wait until so many are acknowledged."""
        with self._news:
            if not self._news.wait_for(lambda: len(self._heard) >= count, timeout=PATIENCE_SECONDS):
                raise RuntimeError(f"only {len(self._heard)} of {count} answers were acknowledged")

    def stand_still(self) -> dict[str, str]:
        """Return what is acknowledged, by id; until `go_on` there will be no more, so that a copy is of one instant."""
        with self._news:
            heard = dict(self._heard)
        self._signal(signal.SIGSTOP)
        return heard

    def go_on(self) -> None:
        """Receive on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def _listen(self) -> None:
        while True:
            try:
                attempt_id, sha256 = self._line.recv()
            except (EOFError, OSError):  # it was killed
                return
            with self._news:
                self._heard[attempt_id] = sha256
                self._news.notify_all()


@contextmanager
def _writing(settings: Path, synchronous: str) -> Iterator[_Writer]:
    ours, its = context().Pipe()
    with tempfile.TemporaryDirectory(prefix="trailbook-power-") as folder:
        log = Path(folder) / "log"
        process = begin(receive_answers, settings, synchronous, its, environment=dict(os.environ), log=log)
        its.close()
        try:
            yield _Writer(process, ours)
        finally:
            process.kill()
            process.join()
