"""Takes values apart into a flat table of nodes, so that neither depth nor cycles matter.

An item stands for a value: ``null``, ``true``, ``false``, a number or a text for itself, ``[n]`` for node ``n`` of
the table. A node is ``[tag, head, mirror, [items]]``; ``mirror`` is the number under which both sides know a
mutable value, else 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .kinds import BY_TYPE, Kind, NotPlain
from .mirrors import Mirrors
from .start import VALUES_OF, load_values

SMALL = 2**62
MOST_NODES = 1_000_000

Item = Any
Export = Callable[["Encoder", Any], list[Any]]


class TooLarge(Exception):
    """A value has more parts than may cross."""


class Encoder:
    """One table being made.

    Parameters
    ----------
    export
        Makes the node of a value that is no plain data: an object.
    mirrors
        Where mutable values are known by number; None to give none.
    """

    def __init__(self, export: Export, mirrors: Mirrors | None) -> None:
        self.nodes: list[Any] = []
        self.blobs: list[bytes] = []
        self.mutables: list[Any] = []
        self._export = export
        self._mirrors = mirrors
        self._seen: dict[int, int] = {}
        self._alive: list[Any] = []
        self._waiting: list[tuple[int, Any, Kind | None]] = []

    def add(self, value: Any) -> Item:
        """Return the item of a value, with everything in it taken apart."""
        item = self.item(value)
        self.finish()
        return item

    def item(self, value: Any) -> Item:
        """Return the item of a value; its parts wait for `finish`."""
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int and -SMALL < value < SMALL:
            return value
        if kind is float and value - value == 0:  # neither infinite nor nan, which JSON lacks
            return value
        number = self._seen.get(id(value))
        if number is None:
            number = len(self.nodes)
            if number >= MOST_NODES:
                raise TooLarge(f"a value has more than {MOST_NODES:,} parts")
            self._seen[id(value)] = number
            self._alive.append(value)
            self.nodes.append(None)
            if kind not in BY_TYPE and str(kind.__module__).partition(".")[0] in VALUES_OF:
                load_values()  # a package that only the answer imports
            self._waiting.append((number, value, BY_TYPE.get(kind)))
        return [number]

    def finish(self) -> None:
        """Take apart what waits."""
        while self._waiting:
            number, value, kind = self._waiting.pop()
            self.nodes[number] = self._node(value, kind)

    def blob(self, data: bytes) -> int:
        """Return the number of a blob."""
        self.blobs.append(data)
        return len(self.blobs) - 1

    def _node(self, value: Any, kind: Kind | None) -> list[Any]:
        if kind is None:
            return self._export(self, value)
        try:
            head = kind.head(self, value) if kind.head else None
            parts = kind.parts(value) if kind.parts else ()
        except NotPlain:
            return self._export(self, value)
        mirror = 0
        if kind.is_mutable and self._mirrors is not None:
            mirror = self._mirrors.number_of(value)
            self.mutables.append(value)
        return [kind.tag, head, mirror, [self.item(part) for part in parts]]
