"""The register of kinds of values that cross: for each exact type how it is taken apart, and made again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .decoding import Decoder
    from .encoding import Encoder


class NotPlain(Exception):
    """A value of a known type that cannot cross as plain data after all; it is treated as an object."""


class Malformed(Exception):
    """What came is no table of values, or one beyond the limits."""


@dataclass(frozen=True)
class Kind:
    """How values of one type cross.

    Attributes
    ----------
    head
        Returns what is said of a value as JSON, beside the values in it.
    parts
        Returns the values in it, in order.
    make
        Makes a value of its head and its parts. For a kind with `fill`, the parts are not there yet: it makes an
        empty one.
    fill
        Puts parts into a mutable value, in place of all that it held.
    merge
        Makes an older value equal to a newer one in place; False when that cannot be. For mutable kinds without `fill`.
    is_odd
        Values of this kind compare in ways of their own, so that they may come only where the reference had one.
    """

    tag: str
    type: type
    make: Callable[[Decoder, Any, Sequence[Any]], Any]
    head: Callable[[Encoder, Any], Any] | None = None
    parts: Callable[[Any], Sequence[Any]] | None = None
    fill: Callable[[Any, Sequence[Any]], None] | None = None
    merge: Callable[[Any, Any], bool] | None = None
    is_odd: bool = False

    @property
    def is_mutable(self) -> bool:
        """Whether values of this kind can change while both sides hold one."""
        return self.fill is not None or self.merge is not None


BY_TYPE: dict[type, Kind] = {}
BY_TAG: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind."""
    BY_TYPE[kind.type] = kind
    BY_TAG[kind.tag] = kind
