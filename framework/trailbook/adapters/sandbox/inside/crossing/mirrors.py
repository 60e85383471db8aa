"""Mutable values that both sides hold: known by a number, and made equal again whenever control passes over.

`Mirrors` remembers the latest ones only. One that is forgotten on a side just becomes a new value there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from .kinds import BY_TYPE

MOST = 100  # values watched for changes, beside those a call got
MOST_PARTS = 5_000  # in all of them together
MOST_KNOWN = 200_000

Digest = Callable[[Any], bytes]
State = tuple[bytes, tuple[Any, ...]]


class Mirrors:
    """The mutable values one side shares.

    Parameters
    ----------
    start
        1 on one side and 2 on the other, so that no number is given twice.
    digest
        Returns bytes that change when a value without parts of its own changes.
    """

    def __init__(self, start: int, digest: Digest) -> None:
        self._next = start
        self._digest = digest
        self._values: OrderedDict[int, Any] = OrderedDict()
        self._numbers: dict[int, int] = {}
        self._states: dict[int, State] = {}
        self.guarded: dict[int, str] = {}
        self.may_change: Callable[[str], bool] = lambda name: True

    def number_of(self, value: Any) -> int:
        """Return a value's number, a new one if it has none."""
        number = self._numbers.get(id(value))
        if number is None:
            number, self._next = self._next, self._next + 2
            self.add(number, value)
        return number

    def guard(self, number: int, name: str) -> None:
        """Let the other side change a value only if `may_change` allows it for that name."""
        self.guarded[number] = name

    def find(self, number: int) -> Any:
        """Return the value of a number, None for none, and for one that the other side may not change."""
        if number in self.guarded and not self.may_change(self.guarded[number]):
            return None
        return self._values.get(number)

    def add(self, number: int, value: Any) -> None:
        """Take a value in under a number."""
        old = self._values.pop(number, None)
        if old is not None:
            self._numbers.pop(id(old), None)
        self._values[number] = value
        self._numbers[id(value)] = number
        while len(self._values) > MOST_KNOWN:
            self._forget(next(iter(self._values)))

    def remember(self, values: list[Any]) -> None:
        """Note how values are now, when both sides hold the same."""
        for value in values:
            number = self._numbers.get(id(value))
            if number is not None:
                self._values.move_to_end(number)
                self._states[number] = self._state(value)

    def changed(self, also: list[Any]) -> list[Any]:
        """Return those that are not as they were noted: of the latest, and of the values given."""
        found = {id(value): value for value in also if self._is_changed(self._numbers.get(id(value)), value)}
        parts = 0
        for count, number in enumerate(reversed(self._values)):
            parts += len(self._states[number][1]) if number in self._states else 0
            if count >= MOST or parts > MOST_PARTS:
                break
            value = self._values[number]
            if self._is_changed(number, value):
                found[id(value)] = value
        return list(found.values())

    def _is_changed(self, number: int | None, value: Any) -> bool:
        old = self._states.get(number or 0)
        if old is None:
            return False
        new = self._state(value)
        # By identity: to compare would run code of the values.
        return (
            old[0] != new[0]
            or len(old[1]) != len(new[1])
            or any(a is not b for a, b in zip(old[1], new[1], strict=True))
        )

    def _state(self, value: Any) -> State:
        kind = BY_TYPE[type(value)]
        if kind.fill is None or kind.parts is None:
            return self._digest(value), ()
        return b"", tuple(kind.parts(value))

    def _forget(self, number: int) -> None:
        value = self._values.pop(number)
        self._numbers.pop(id(value), None)
        self._states.pop(number, None)
