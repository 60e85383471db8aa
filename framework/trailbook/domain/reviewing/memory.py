"""How memory fades, as a seam: what `fsrs` knows, without its clock, its chance and its classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one skill after its last practice.

    Attributes
    ----------
    stability
        Days after which recall has fallen to 0.9, > 0.
    difficulty
        In [1, 10]; the harder, the slower it grows stable.
    last_at, due_at
        When it was last practised, and when it should be again, in seconds since 1970.
    """

    stability: float
    difficulty: float
    last_at: float
    due_at: float


class Forgetting(Protocol):
    """A model of memory. It draws nothing at random: the same practice gives the same memory."""

    def after(self, memory: Memory | None, share: float, *, at: float) -> Memory:
        """Return the memory after a practice in which this share, in [0, 1], was right; None before the first.

        Parameters
        ----------
        at
            Seconds since 1970, not before the practice that ``memory`` is of.
        """

    def recall(self, memory: Memory, *, at: float) -> float:
        """Return the probability in (0, 1] that the skill is still there."""


class NoForgetting:
    """Nothing fades and nothing is ever due: for what runs without reviews."""

    def after(self, memory: Memory | None, share: float, *, at: float) -> Memory:
        """Return a memory that stays."""
        return Memory(float("inf"), 1.0, at, float("inf"))

    def recall(self, memory: Memory, *, at: float) -> float:
        """Return 1."""
        return 1.0


NO_FORGETTING = NoForgetting()


def replay_memory(sittings: Iterable[tuple[float, float]], forgetting: Forgetting) -> Memory | None:
    """Return the memory after practices, each its time and the share that was right, in order; None without any."""
    memory: Memory | None = None
    for at, share in sittings:
        memory = forgetting.after(memory, share, at=at)
    return memory
