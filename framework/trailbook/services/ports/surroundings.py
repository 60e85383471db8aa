"""What else the services need from outside, as protocols."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from trailbook.services.ports.records import Event


class JobQueue(Protocol):
    """Brings attempts to workers, off the web process."""

    def dispatch(self, attempt_id: str) -> None: ...


class LiveEvents(Protocol):
    """Tells listeners that something happened, after the transaction that made it."""

    def publish(self, events: Iterable[Event]) -> None: ...


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def __call__(self) -> datetime: ...


class NewId(Protocol):
    """Makes an identifier nobody can guess."""

    def __call__(self) -> str: ...
