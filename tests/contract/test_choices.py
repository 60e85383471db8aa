"""The log of what was proposed next."""

from __future__ import annotations

from datetime import timedelta

from support.courses import NOW, TRAP

from trailbook.services.ports import Storage
from trailbook.services.ports.choices import Choice


def choice(number: int, *, learner: str = TRAP) -> Choice:
    record = {"chosen": None, "seed": f"course/{number}", "alternatives": [{"name": "review", "probability": 0.5}]}
    return Choice("course", learner, NOW + timedelta(seconds=number), record, model=3)


def test_latest_choices_of_a_learner_come_first(storage: Storage) -> None:
    with storage() as work:
        for each in (choice(1), choice(2), choice(3, learner="ida")):
            work.choices.append(each)
    with storage(read_only=True) as work:
        assert work.choices.latest(TRAP, "course") == choice(2)
        assert work.choices.of_learner(TRAP, "course") == [choice(2), choice(1)]
        assert work.choices.of_learner(TRAP, "course", limit=1) == [choice(2)]
        assert work.choices.latest(TRAP, "another") is None


def test_choice_says_its_seed_and_that_nothing_could_be_done() -> None:
    assert (choice(1).seed, choice(1).chosen) == ("course/1", None)
