"""A client of the database that is no service: it sends answers past HTTP, one after another, until it is killed."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from durability.course import EXERCISE, KEY, NAME, answer_of, learner
from trailbook import wiring
from trailbook.config import load_settings


def send_answers(settings: Path, name: str, line: Connection) -> None:
    """Send an answer for each number that comes, and tell its number and id when it is acknowledged."""
    application = wiring.build(load_settings(settings, {}))
    person = learner(name)
    application.open_lesson(person, NAME, KEY)
    while True:
        number = line.recv()
        seen = application.submit_answer(
            person, NAME, KEY, exercise=EXERCISE, version=1, answers={EXERCISE: answer_of(number)}, key=f"key-{number}"
        )
        line.send((number, seen.id))
