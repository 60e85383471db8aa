"""What every use case works with, joined once at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from trailbook.domain.course import LessonKey
from trailbook.services.arrivals import Arrivals
from trailbook.services.ports import Clock, JobQueue, LiveEvents, NewId, Storage
from trailbook.services.ports.jobs import Waits
from trailbook.services.ports.receipts import Signer


@dataclass(frozen=True)
class Addresses:
    """Where a browser finds things; ``{name}`` and ``{course}`` stand for the percent-encoded names."""

    home: str
    learner_server: str
    staff_server: str

    def lesson(self, learner: str, course: str, key: LessonKey) -> str:
        """Return a lesson's address on the learner's own server."""
        server = self.learner_server.replace("{name}", quote(learner, safe="@~"))
        return f"{server}trailbook/lessons/{'/'.join(quote(part, safe='') for part in (course, key.module, key.name))}"

    def staff(self, course: str) -> str | None:
        """Return the address of a course's staff server, None where there is none."""
        return self.staff_server.replace("{course}", quote(course, safe="")) or None


def _has_room() -> None:
    """Refuse nothing."""


def _for_others(course: str) -> str:
    """Say that nothing but other jobs is in the way."""
    return ""


@dataclass(frozen=True)
class Context:
    """The outside as the use cases see it, and the settings they need.

    Attributes
    ----------
    refuse_when_full
        Raises `Unavailable` (``disk_full``) when there is no room for new work beside what is to be kept.
    arrivals
        Told of every answer that is on its way to the disk.
    why_waiting
        Says why the jobs of a course do not begin.
    """

    storage: Storage
    queue: JobQueue
    live: LiveEvents
    clock: Clock
    new_id: NewId
    addresses: Addresses
    signer: Signer
    refuse_when_full: Callable[[], None] = _has_room
    why_waiting: Waits = _for_others
    arrivals: Arrivals = field(default_factory=Arrivals)
    max_submission_bytes: int = 5_000_000
    insecure: bool = False
