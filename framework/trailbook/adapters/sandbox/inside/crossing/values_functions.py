"""Functions that both sides have, by name, and those made of others: partial ones, getters of items."""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Sequence
from typing import Any

from .kinds import Kind, Malformed, NotPlain, register
from .names import function_of_name, name_of_function


def pack_function(encoder: Any, value: Any) -> str:
    """Return the name of a function that both sides have."""
    name = name_of_function(value)
    if name is None:
        raise NotPlain
    return name


def partial_parts(value: Any) -> list[Any]:
    """Return what a partial function calls, and with what."""
    if vars(value):
        raise NotPlain
    return [value.func, value.args, value.keywords]


def make_partial(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return a partial function."""
    function, arguments, keywords = parts
    made = functools.partial(function)
    made.__setstate__((function, arguments, keywords, {}))  # type: ignore[attr-defined]
    return made


def getter_parts(value: Any) -> list[Any]:
    """Return the keys that an `operator.itemgetter` gets."""
    return list(value.__reduce__()[1])


def make_getter(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return an `operator.itemgetter`."""
    if not parts:
        raise Malformed("a getter of nothing")
    return operator.itemgetter(*parts)


for _type in (types.BuiltinFunctionType, types.MethodDescriptorType, type(operator.itemgetter)):
    if _type is not type:
        register(Kind(f"func.{_type.__name__}", _type, lambda d, head, p: function_of_name(head), pack_function))
# Of no use where its frames are not, and frames must not cross.
register(Kind("traceback", types.TracebackType, lambda d, head, p: None, lambda e, v: None))
register(Kind("partial", functools.partial, make_partial, None, partial_parts))
register(Kind("itemgetter", operator.itemgetter, make_getter, None, getter_parts))
