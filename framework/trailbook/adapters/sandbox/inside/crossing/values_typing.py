"""Annotations of the language: ``list[int]``, ``Optional[str]`` and the like, made of types that cross by name."""

from __future__ import annotations

import functools
import operator
import types
import typing
from collections.abc import Sequence
from typing import Any

from .kinds import Kind, Malformed, NotPlain, register
from .names import name_of_type

FORMS = frozenset(
    [
        "Any",
        "Callable",
        "ClassVar",
        "DefaultDict",
        "Deque",
        "Dict",
        "Final",
        "FrozenSet",
        "Generator",
        "Iterable",
        "Iterator",
        "List",
        "Literal",
        "Mapping",
        "NoReturn",
        "Optional",
        "Sequence",
        "Set",
        "Tuple",
        "Type",
        "Union",
    ]
)


def name_of_form(value: Any) -> str:
    """Return the name of one of typing's own forms; raises `NotPlain` for any other."""
    name = getattr(value, "_name", None) or ""
    if name not in FORMS or getattr(typing, name) is not value:
        raise NotPlain
    return str(name)


def form_of_name(name: object) -> Any:
    """Return one of typing's own forms."""
    if not isinstance(name, str) or name not in FORMS:
        raise Malformed("no form of an annotation")
    return getattr(typing, name)


def alias_parts(value: Any) -> list[Any]:
    """Return what an alias is of, and its parameters; ``list`` of `List[int]` comes with its name in typing."""
    name = getattr(value, "_name", None) if type(value).__module__ == "typing" else None
    if not is_of_both(typing.get_origin(value)):
        raise NotPlain
    arguments = typing.get_args(value)
    listed = tuple(list(each) if isinstance(each, list) else each for each in arguments)
    return ["" if name not in FORMS else name, typing.get_origin(value), listed]


def is_of_both(origin: Any) -> bool:
    """Whether both sides have what an alias is of."""
    return origin in (typing.Union, typing.Literal) or name_of_type(origin) is not None


def make_alias(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return an alias."""
    name, origin, arguments = parts
    made_of = form_of_name(name) if name else origin
    if made_of is typing.Optional:
        made_of = typing.Union
    if not name and not is_of_both(origin):
        raise Malformed("no annotation")
    return made_of[arguments if len(arguments) != 1 else arguments[0]]


def make_union(decoder: Any, head: Any, parts: Sequence[Any]) -> Any:
    """Return ``a | b``."""
    if not parts or not all(isinstance(part, type | types.GenericAlias) for part in parts):
        raise Malformed("no annotation")
    return functools.reduce(operator.or_, parts)


ALIASES = {
    type(typing.List[int]),  # noqa: UP006 - its type is what is asked for
    type(typing.Optional[int]),  # noqa: UP045 - so too
    type(typing.Callable[[int], int]),
    type(typing.Literal[1]),
    types.GenericAlias,
}
for _type in ALIASES:
    register(Kind(f"alias.{_type.__name__}", _type, make_alias, None, alias_parts))
for _type in {type(typing.List), type(typing.Tuple), type(typing.Callable), type(typing.Union)}:  # noqa: UP006
    register(Kind(f"form.{_type.__name__}", _type, lambda d, head, p: form_of_name(head), lambda e, v: name_of_form(v)))
register(Kind("union", types.UnionType, make_union, None, lambda v: list(v.__args__)))
