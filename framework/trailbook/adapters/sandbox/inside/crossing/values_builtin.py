"""Numbers, texts and containers of the language."""

from __future__ import annotations

import array
import math
import re
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from .kinds import Kind, Malformed, NotPlain, register
from .names import name_of_type, type_of_name

MOST_INT_BYTES = 1_000_000
SINGLES = {"...": ..., "NotImplemented": NotImplemented}


def pairs(value: Any) -> list[Any]:
    """Return keys and values in turn."""
    return [each for pair in value.items() for each in pair]


def fill_dict(value: Any, parts: Sequence[Any]) -> None:
    """Put keys and values, in turn, into a dict; a rest without a partner is malformed."""
    if len(parts) % 2:
        raise Malformed("a key without a value")
    value.clear()
    for position in range(0, len(parts), 2):
        dict.__setitem__(value, parts[position], parts[position + 1])


def fill_ordered(value: Any, parts: Sequence[Any]) -> None:
    """Put keys and values, in turn, into an `OrderedDict`, whose order is its own."""
    value.clear()
    for position in range(0, len(parts), 2):
        value[parts[position]] = parts[position + 1]


def fill_set(value: Any, parts: Sequence[Any]) -> None:
    """Replace the elements of a set."""
    value.clear()
    value.update(parts)


def fill_sequence(value: Any, parts: Sequence[Any]) -> None:
    """Replace the elements of a list or bytearray."""
    value[:] = parts


def fill_deque(value: Any, parts: Sequence[Any]) -> None:
    """Replace the elements of a deque."""
    value.clear()
    value.extend(parts)


def fill_namespace(value: Any, parts: Sequence[Any]) -> None:
    """Replace the attributes of a `SimpleNamespace`."""
    fill_dict(value.__dict__, parts)


def merge_slice(old: Any, new: Any) -> bool:
    """Make a bytearray or array hold what another holds."""
    if getattr(old, "typecode", "") != getattr(new, "typecode", ""):
        return False
    old[:] = new
    return True


def pack_int(encoder: Any, value: int) -> Any:
    """Return a big number in hexadecimal digits: linear in time, unlike decimal ones."""
    if value.bit_length() > 8 * MOST_INT_BYTES:
        raise NotPlain
    return hex(value)


def make_int(decoder: Any, head: Any, parts: Sequence[Any]) -> int:
    """Return a big number."""
    if not isinstance(head, str) or len(head) > 2 * MOST_INT_BYTES + 3:
        raise Malformed("a number with too many digits")
    return int(head, 16)


def pack_float(encoder: Any, value: float) -> str:
    """Return the name of a number that JSON lacks; how a nan is made up is not kept."""
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def make_single(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return ``...`` or ``NotImplemented``."""
    return SINGLES[head]


def pack_factory(encoder: Any, value: Any) -> Any:
    """Return the name of a defaultdict's factory; None for none, and for a function of somebody's."""
    return name_of_type(value.default_factory)


def make_default(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return an empty defaultdict."""
    return defaultdict(None if head is None else type_of_name(head))


def pack_pattern(encoder: Any, value: Any) -> Any:
    """Return a pattern's flags."""
    return value.flags


def make_pattern(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a compiled pattern."""
    text = parts[0]
    return re.compile(text, head & ~re.UNICODE if isinstance(text, bytes) else head)


def make_array(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return an array of machine numbers."""
    typecode, number = head
    made = array.array(typecode)
    made.frombytes(decoder.blob(number))
    return made


for _kind in (
    Kind("int", int, make_int, pack_int),
    Kind(
        "float", float, lambda d, head, parts: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[head], pack_float
    ),
    Kind("complex", complex, lambda d, head, parts: complex(*parts), parts=lambda v: [v.real, v.imag]),
    Kind("bytes", bytes, lambda d, head, parts: d.blob(head), lambda e, v: e.blob(v)),
    Kind("ellipsis", type(...), make_single, lambda e, v: "..."),
    Kind("notimplemented", type(NotImplemented), make_single, lambda e, v: "NotImplemented"),
    Kind("tuple", tuple, lambda d, head, parts: tuple(parts), parts=list),
    Kind("frozenset", frozenset, lambda d, head, parts: frozenset(parts), parts=list),
    Kind("slice", slice, lambda d, head, parts: slice(*parts), parts=lambda v: [v.start, v.stop, v.step]),
    Kind("range", range, lambda d, head, parts: range(*parts), parts=lambda v: [v.start, v.stop, v.step]),
    Kind("pattern", re.Pattern, make_pattern, pack_pattern, lambda v: [v.pattern]),
    Kind("list", list, lambda d, head, parts: [], parts=list, fill=fill_sequence),
    Kind("dict", dict, lambda d, head, parts: {}, parts=pairs, fill=fill_dict),
    Kind("set", set, lambda d, head, parts: set(), parts=list, fill=fill_set),
    Kind("odict", OrderedDict, lambda d, head, parts: OrderedDict(), parts=pairs, fill=fill_ordered),
    Kind("counter", Counter, lambda d, head, parts: Counter(), parts=pairs, fill=fill_dict),
    Kind("defaultdict", defaultdict, make_default, pack_factory, pairs, fill_dict),
    Kind("keys", type({}.keys()), lambda d, head, parts: dict.fromkeys(parts).keys(), parts=list),
    Kind("values", type({}.values()), lambda d, head, parts: dict(enumerate(parts)).values(), parts=list),
    Kind("items", type({}.items()), lambda d, head, parts: dict(parts).items(), parts=list),
    Kind("deque", deque, lambda d, head, parts: deque(maxlen=head), lambda e, v: v.maxlen, list, fill_deque),
    Kind(
        "namespace",
        SimpleNamespace,
        lambda d, head, parts: SimpleNamespace(),
        None,
        lambda v: pairs(vars(v)),
        fill_namespace,
    ),
    Kind(
        "bytearray",
        bytearray,
        lambda d, head, parts: bytearray(d.blob(head)),
        lambda e, v: e.blob(bytes(v)),
        merge=merge_slice,
    ),
    Kind("array", array.array, make_array, lambda e, v: [v.typecode, e.blob(v.tobytes())], merge=merge_slice),
):
    register(_kind)
