"""Arrays and scalars of numpy: exactly the same type, shape and bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .kinds import Kind, Malformed, NotPlain, register

SCALARS = tuple(
    kind
    for kind in {np.dtype(char).type for char in np.typecodes["All"]}
    if kind is not np.object_ and kind is not np.void
)
MOST_DIMENSIONS = 32
MOST_ELEMENTS = 2**28


def describe(dtype: Any) -> Any:
    """Return a dtype as JSON; one with objects or of another package is no plain data."""
    if dtype.hasobject or type(dtype).__module__.partition(".")[0] != "numpy":
        raise NotPlain
    return [list(map(_field, dtype.descr))] if dtype.names else dtype.str


def _field(field: Any) -> Any:
    return [
        list(map(_field, each)) if isinstance(each, list) else list(each) if isinstance(each, tuple) else each
        for each in field
    ]


def read_dtype(said: Any) -> Any:
    """Return a dtype; raises `Malformed` for one of objects."""
    made = np.dtype(said if isinstance(said, str) else [_tuple(field) for field in said[0]])
    if made.hasobject:
        raise Malformed("an array of objects")
    return made


def _tuple(field: Any) -> Any:
    name, kind, *shape = field
    return name, kind if isinstance(kind, str) else [_tuple(each) for each in kind], *(tuple(each) for each in shape)


def pack_array(encoder: Any, value: Any) -> Any:
    """Return dtype, shape, order and bytes of an array; none for one of objects, whose elements are parts."""
    if value.dtype == object:
        return ["O", list(value.shape)]
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    return [describe(value.dtype), list(value.shape), order, encoder.blob(value.tobytes(order))]


def parts_of(value: Any) -> list[Any]:
    """Return the elements of an array of objects; none of any other's."""
    return list(value.flat) if value.dtype == object else []


def make_array(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return an array."""
    kind, shape, *rest = head
    count = size_of(shape)
    if kind == "O":
        made = np.empty(count, dtype=object)
        if len(parts) != count:
            raise Malformed("an array with too few elements")
        for position, part in enumerate(parts):
            made[position] = part
        return made.reshape(shape)
    order, number = rest
    dtype = read_dtype(kind)
    data = decoder.blob(number)
    if dtype.itemsize * count != len(data):
        raise Malformed("an array with too few bytes")
    if not dtype.itemsize:
        return np.zeros(shape, dtype)
    return np.frombuffer(bytearray(data), dtype=dtype).reshape(shape, order="F" if order == "F" else "C")


def size_of(shape: Any) -> int:
    """Return how many elements an array of a shape has."""
    if not isinstance(shape, list) or len(shape) > MOST_DIMENSIONS or not all(type(n) is int and n >= 0 for n in shape):
        raise Malformed("no shape")
    count = 1
    for length in shape:
        count *= length
        if count > MOST_ELEMENTS:
            raise Malformed("an array with too many elements")
    return count


def merge_array(old: Any, new: Any) -> bool:
    """Make an array hold what another one of its shape holds."""
    if old.shape != new.shape or old.dtype != new.dtype or not old.flags.writeable:
        return False
    old[...] = new
    return True


def make_masked(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a masked array."""
    data, mask, fill = parts
    if type(data) is not np.ndarray or type(mask) is not np.ndarray:
        raise Malformed("no masked array")
    return np.ma.MaskedArray(data, mask=mask, fill_value=fill)


def make_scalar(kind: Any) -> Any:
    """Return what makes a scalar of a type from its bytes."""

    def make(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
        name, text = head
        dtype = read_dtype(name)
        if dtype.type is not kind:
            raise Malformed("a scalar of another type")
        data = bytes.fromhex(text)
        if not dtype.itemsize:
            return kind()
        return np.frombuffer(data, dtype=dtype, count=1)[0]

    return make


def _scalar(kind: Any) -> Kind:
    return Kind(f"np.{kind.__name__}", kind, make_scalar(kind), lambda e, v: [v.dtype.str, v.tobytes().hex()])


def pack_constant(encoder: Any, value: Any) -> Any:
    """Say that this is ``numpy.ma.masked``, of which there is one."""
    if value is not np.ma.masked:
        raise NotPlain
    return None


def make_matrix(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a matrix."""
    return np.asmatrix(parts[0])


def pack_ufunc(encoder: Any, value: Any) -> str:
    """Return the name of one of numpy's own universal functions."""
    name: str = value.__name__
    if getattr(np, name, None) is not value:
        raise NotPlain
    return name


def make_ufunc(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return one of numpy's own universal functions."""
    found = getattr(np, head, None) if isinstance(head, str) else None
    if type(found) is not np.ufunc:
        raise Malformed("no function of numpy's")
    return found


for _kind in (
    Kind("ufunc", np.ufunc, make_ufunc, pack_ufunc),
    Kind("ndarray", np.ndarray, make_array, pack_array, parts_of, merge=merge_array),
    Kind("matrix", np.matrix, make_matrix, None, lambda v: [np.asarray(v)], is_odd=True),
    Kind(
        "masked",
        np.ma.MaskedArray,
        make_masked,
        None,
        lambda v: [v.data, np.ma.getmaskarray(v), v.fill_value],
        is_odd=True,
    ),
    Kind("masked.constant", type(np.ma.masked), lambda d, head, parts: np.ma.masked, pack_constant, is_odd=True),
    Kind("dtype", np.dtype, lambda d, head, parts: read_dtype(head), lambda e, v: describe(v)),
    *map(_scalar, SCALARS),
):
    register(_kind)
for _type in {type(np.dtype(kind)) for kind in SCALARS}:
    register(Kind(f"dtype.{_type.__name__}", _type, lambda d, head, parts: read_dtype(head), lambda e, v: describe(v)))
