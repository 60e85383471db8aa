"""Memory as the package `fsrs` has it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fsrs import Card, Rating, Scheduler

from trailbook.adapters.fsrs import FsrsForgetting
from trailbook.domain.reviewing.memory import DAY, Memory

START = 1_700_000_000.0


def test_memory_is_what_fsrs_says_without_learning_steps() -> None:
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card = Card(card_id=1)
    memory: Memory | None = None
    for days, share, rating in [(0, 1.0, Rating.Good), (3, 0.7, Rating.Hard), (9, 0.2, Rating.Again), (9.2, 0.8, 3)]:
        at = START + days * DAY
        card, _ = scheduler.review_card(card, Rating(rating), datetime.fromtimestamp(at, UTC))
        memory = FsrsForgetting().after(memory, share, at=at)
        assert memory == Memory(card.stability or 0, card.difficulty or 0, at, card.due.timestamp())
        later = datetime.fromtimestamp(at + 20 * DAY, UTC)
        assert FsrsForgetting().recall(memory, at=at + 20 * DAY) == scheduler.get_card_retrievability(card, later)


def test_recall_is_whole_at_first_and_falls_to_the_retention_when_due() -> None:
    forgetting = FsrsForgetting()
    memory = forgetting.after(None, 1.0, at=START)
    assert forgetting.recall(memory, at=START) == 1.0
    assert forgetting.recall(memory, at=memory.due_at) == pytest.approx(0.9, abs=0.02)


def test_lower_retention_asks_less_often() -> None:
    often, seldom = (FsrsForgetting(retention).after(None, 1.0, at=START).due_at for retention in (0.9, 0.8))
    assert seldom > often
