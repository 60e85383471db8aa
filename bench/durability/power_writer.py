"""Receives answers as fast as the disk takes them, and says which it acknowledged.

It is the use case behind the HTTP door, with its receipts and its group commit, on a database on the disk under test.
"""

from __future__ import annotations

import itertools
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from durability.course import EXERCISE, KEY, NAME, answer_of, learner
from trailbook import wiring
from trailbook.adapters.storage import engine
from trailbook.config import load_settings
from trailbook.domain.people import Identity

WRITERS = 50


def receive_answers(settings: Path, synchronous: str, line: Connection) -> None:
    """Receive until killed, and tell the id and the hash of each acknowledged answer."""
    engine.SYNCHRONOUS = synchronous
    application = wiring.build(load_settings(settings, {}))
    numbers, one_tells = itertools.count(1), threading.Lock()

    def submit(person: Identity) -> None:
        while True:
            number = next(numbers)
            seen = application.submit_answer(
                person, NAME, KEY, exercise=EXERCISE, version=1, answers={EXERCISE: answer_of(number)}, key=f"{number}"
            )
            with one_tells:
                line.send((seen.id, seen.receipt.sha256 if seen.receipt else ""))

    threads = []
    for number in range(WRITERS):
        person = learner(f"learner-{number}")
        application.open_lesson(person, NAME, KEY)
        threads.append(threading.Thread(target=submit, args=(person,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
