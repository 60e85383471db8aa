"""Domain values to JSON texts and back, by their type annotations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
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
    value: Value = _from_plain(kind, json.loads(text))
    return value


def _to_plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_plain(item) for item in value]
    return value


def _from_plain(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        present = next(each for each in arguments if each is not type(None))
        return None if value is None else _from_plain(present, value)
    if origin is tuple:
        return tuple(_from_plain(arguments[0], item) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _from_plain(arguments[1], item) for key, item in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _from_plain(hint, value[name]) for name, hint in hints.items() if name in value})
    if isinstance(kind, type) and issubclass(kind, Enum | float):
        return kind(value)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)} if is_dataclass(kind) else hints
