"""Makes values again from a flat table of nodes that somebody else wrote; see `encoding`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from .kinds import BY_TAG, Kind, Malformed
from .mirrors import Mirrors
from .start import load_values_of

MOST_DEPTH = 20_000  # of values that hash and compare part by part in C, without a check of the stack
MOST_ALIKE = 200  # keys of one dict or set whose hashes are the same
HASHING = ("dict", "set", "defaultdict", "odict", "counter", "frozenset")

Import = Callable[[str, Any, list[Any]], Any]


class Decoder:
    """One table being read.

    Parameters
    ----------
    nodes, blobs
        What came.
    import_object
        Makes the value of a node that is no plain data, of its tag, head and parts.
    mirrors
        Where mutable values are known by number.
    is_trusting
        Whether any module may be named.
    """

    def __init__(
        self,
        nodes: object,
        blobs: Sequence[bytes],
        import_object: Import,
        mirrors: Mirrors | None,
        *,
        is_trusting: bool = False,
    ) -> None:
        if not isinstance(nodes, list):
            raise Malformed("no table")
        self.nodes = nodes
        self.blobs = blobs
        self.is_trusting = is_trusting
        self.mutables: list[Any] = []
        self.objects: list[Any] = []
        self.odd: list[str] = []
        self._import = import_object
        self._mirrors = mirrors
        self._values: dict[int, Any] = {}
        self._depth: dict[int, int] = {}
        self._unfilled: list[int] = []

    def value(self, item: object) -> Any:
        """Return the value of an item.

        Raises
        ------
        Malformed
            The table is none, or beyond the limits.
        """
        try:
            self._build(item)
            self._fill_all()
            return self.get(item)
        except Malformed:
            raise
        except Exception as error:  # whatever a kind's maker says of what it cannot make
            raise Malformed(f"{type(error).__name__} in a value that came") from error

    def get(self, item: object) -> Any:
        """Return the value of an item that is built already."""
        if item is None or isinstance(item, bool | int | float | str):
            return item
        return self._values[number_of(item)]

    def blob(self, number: object) -> bytes:
        """Return a blob by its number."""
        if type(number) is not int or number < 0:
            raise Malformed("no number of a blob")
        return self.blobs[number]

    def _build(self, root: object) -> None:
        """Make every value that can be reached: the parts of immutable ones first, mutable ones empty."""
        roots = [number_of(root)] if isinstance(root, list) else []
        while roots:
            roots += self._build_one(roots.pop())

    def _build_one(self, root: int) -> list[int]:
        """Make one value with all that must be there before it; return what its mutable parts hold, for later."""
        stack, later = [root], []
        busy: set[int] = set()
        while stack:
            number = stack[-1]
            if number in self._values:
                stack.pop()
                continue
            node = self.nodes[number]
            kind, head, mirror, items = self._parse(node)
            numbers = [number_of(item) for item in items if isinstance(item, list)]
            if kind is not None and kind.fill is not None:
                stack.pop()
                self._values[number] = self._shell(kind, head, mirror)
                self._unfilled.append(number)
                later += numbers
                continue
            missing = [each for each in numbers if each not in self._values]
            if missing and number in busy:
                raise Malformed("an immutable value holds itself")
            if missing:
                busy.add(number)
                stack += missing
                continue
            stack.pop()
            busy.discard(number)
            depth = 1 + max((self._depth.get(each, 0) for each in numbers), default=0)
            if depth > MOST_DEPTH:
                raise Malformed("values too deep in each other")
            self._depth[number] = depth
            parts = [self.get(item) for item in items]
            if kind is not None:
                self._values[number] = self._whole(kind, head, mirror, parts)
            else:
                self._values[number] = self._import(node[0], head, parts)
                self.objects.append(self._values[number])
        return later

    def _parse(self, node: object) -> tuple[Kind | None, Any, int, list[Any]]:
        if not isinstance(node, list) or not node or not isinstance(node[0], str):
            raise Malformed("no node")
        tag, head, mirror, items = node
        if tag not in BY_TAG:
            load_values_of(tag)
        kind = BY_TAG.get(tag)
        if type(mirror) is not int or not isinstance(items, list):
            raise Malformed("no node")
        if kind is not None and kind.is_odd:
            self.odd.append(kind.tag)
        return kind, head, mirror, items

    def _shell(self, kind: Kind, head: Any, mirror: int) -> Any:
        known = self._mirrors.find(mirror) if self._mirrors is not None else None
        fresh = kind.make(self, head, ())
        if known is not None and type(known) is type(fresh):
            fresh = known
        elif self._mirrors is not None:
            self._mirrors.add(mirror, fresh)
        self.mutables.append(fresh)
        return fresh

    def _whole(self, kind: Kind, head: Any, mirror: int, parts: list[Any]) -> Any:
        if kind.tag in HASHING:
            refuse_collisions(parts)
        value = kind.make(self, head, parts)
        if kind.merge is None:
            return value
        known = self._mirrors.find(mirror) if self._mirrors is not None else None
        if known is not None and type(known) is type(value) and kind.merge(known, value):
            value = known
        elif self._mirrors is not None:
            self._mirrors.add(mirror, value)
        self.mutables.append(value)
        return value

    def _fill_all(self) -> None:
        """Fill the mutable values; those that hash what is in them last, when that is complete."""
        numbers, self._unfilled = self._unfilled, []
        for number in sorted(numbers, key=lambda each: self.nodes[each][0] in HASHING):
            tag, _, _, items = self.nodes[number]
            parts = [self.get(item) for item in items]
            if tag in HASHING:
                refuse_collisions(parts if tag == "set" else parts[::2])
            fill = BY_TAG[tag].fill
            if fill is not None:
                fill(self._values[number], parts)


def number_of(item: object) -> int:
    """Return the number of the node that an item stands for."""
    match item:
        case [int(number)] if type(number) is int and number >= 0:
            return number
    raise Malformed("no item")


def refuse_collisions(keys: Sequence[Any]) -> None:
    """Raise `Malformed` for keys made to have one hash, which would take hours to put into a dict."""
    if len(keys) <= MOST_ALIKE:
        return
    alike = Counter(hash(key) for key in keys if isinstance(key, int | float | tuple))
    if alike and alike.most_common(1)[0][1] > MOST_ALIKE:
        raise Malformed("keys with the same hash")
