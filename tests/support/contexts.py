"""A context of use cases on a database in memory, and people to use it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from support.courses import NOW, TRAP
from trailbook.adapters.memory import MemoryStorage
from trailbook.adapters.signing import Ed25519Signer
from trailbook.domain.people import Identity, Role
from trailbook.services.context import Addresses, Context
from trailbook.services.ports import Event, Storage

ADDRESSES = Addresses("/a%40b/services/trailbook/", "/a%40b/user/{name}/", "/a%40b/services/staff-{course}/")

SIGNER = Ed25519Signer(Ed25519PrivateKey.generate())


def learner(name: str = TRAP, *, of: str = "course") -> Identity:
    """Return a learner of a course."""
    return Identity(name, {of: frozenset({Role.LEARNER})})


def grader(name: str = "gus", *, of: str = "course") -> Identity:
    """Return a grader of a course."""
    return Identity(name, {of: frozenset({Role.GRADER})})


@dataclass
class World:
    """A context with everything that left it."""

    storage: Storage = field(default_factory=MemoryStorage)
    dispatched: list[str] = field(default_factory=list)
    published: list[Event] = field(default_factory=list)
    now: datetime = NOW
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        ids = (f"id-{number}" for number in itertools.count(1))
        self.context = Context(
            storage=self.storage,
            queue=self,
            live=self,
            clock=lambda: self.now,
            new_id=lambda: next(ids),
            addresses=ADDRESSES,
            signer=SIGNER,
            max_submission_bytes=2_000,
        )

    def dispatch(self, attempt_id: str) -> None:
        """Note a dispatched job, as the queue."""
        self.dispatched.append(attempt_id)

    def publish(self, events: Iterable[Event]) -> None:
        """Note published events, as the live events."""
        self.published.extend(events)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def log(self) -> list[Event]:
        """Return every event of the log, without ids."""
        with self.storage(read_only=True) as work:
            return [replace(event, id=0) for event in work.events.after(0)]
