"""`Forgetting` on top of the package `fsrs`, without its clock and its chance."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from fsrs import Card, Rating, Scheduler, State

from trailbook.domain.reviewing.memory import Memory

WRONG, HARD = 0.5, 0.8  # shares below which a practice counts as forgotten, and as remembered with effort
RETENTION = 0.9  # a skill is due when recall falls to this
REMEMBERED = 100_000  # practices whose outcome is kept, some 30 MB: a replay is mostly of what was replayed before


class FsrsForgetting:
    """FSRS with the parameters it ships with, found on millions of reviews of others.

    Learning steps of minutes are left out, because a sitting is one practice here; intervals are not fuzzed, so that
    a replay gives the same schedule. "Easy" is never said: nobody asked the learner.
    """

    def __init__(self, retention: float = RETENTION) -> None:
        self._scheduler = Scheduler(
            desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
        )
        self._after = lru_cache(maxsize=REMEMBERED)(self._review)

    def after(self, memory: Memory | None, share: float, *, at: float) -> Memory:
        """Return the memory after a practice in which this share was right."""
        return self._after(memory, _rating(share), at)

    def recall(self, memory: Memory, *, at: float) -> float:
        """Return the probability that the skill is still there; whole days count."""
        return float(self._scheduler.get_card_retrievability(_card(memory), datetime.fromtimestamp(at, UTC)))

    def _review(self, memory: Memory | None, rating: Rating, at: float) -> Memory:
        when = datetime.fromtimestamp(at, UTC)
        card = Card(card_id=0, due=when) if memory is None else _card(memory)
        reviewed, _ = self._scheduler.review_card(card, rating, review_datetime=when)
        if reviewed.stability is None or reviewed.difficulty is None:
            raise TypeError("fsrs returned a card without a memory after a review")
        return Memory(reviewed.stability, reviewed.difficulty, at, reviewed.due.timestamp())


def _card(memory: Memory) -> Card:
    return Card(
        card_id=0,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=datetime.fromtimestamp(memory.due_at, UTC),
        last_review=datetime.fromtimestamp(memory.last_at, UTC),
    )


def _rating(share: float) -> Rating:
    if share < WRONG:
        return Rating.Again
    return Rating.Hard if share < HARD else Rating.Good
