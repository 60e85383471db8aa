"""Domain values to JSON texts and back, by their type annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def to_text(value: Any) -> str:
    """Return a value as JSON in ASCII, so that no character of a learner's can be refused by a database."""
    return json.dumps(_to_plain(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def from_text(kind: type[Value], text: str) -> Value:
    """Return the value of this type that `to_text` wrote; fields the text does not have get their defaults.

    >>> from trailbook.domain.course import LessonKey
    >>> from_text(LessonKey, to_text(LessonKey("ps1", "problem1")))
    LessonKey(module='ps1', name='problem1')
    """
    hashable: Any = kind
    value: Value = _reader(hashable)(json.loads(text))
    return value


def _to_plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_plain(item) for item in value]
    return value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what makes a value of this type out of plain JSON values; made once for each type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return _optional(_reader(next(each for each in arguments if each is not type(None))))
    if origin is tuple:
        return _tuple(_reader(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_reader(arguments[1]))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return _dataclass(kind, {each.name: _reader(hints[each.name]) for each in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum | float):
        return kind
    if kind is datetime:
        return datetime.fromisoformat
    return _as_it_is


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _tuple(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: tuple(map(read, value))


def _mapping(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: {key: read(item) for key, item in value.items()}


def _dataclass(kind: Callable[..., Any], readers: Mapping[str, Callable[[Any], Any]]) -> Callable[[Any], Any]:
    return lambda value: kind(**{name: read(value[name]) for name, read in readers.items() if name in value})


def _as_it_is(value: Any) -> Any:
    return value
