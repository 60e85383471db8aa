"""Classes that a test derives from an answer's: the answer's side gets one too, whose methods are the test's."""

from __future__ import annotations

import types
from typing import Any

from .kinds import Malformed

NOT_MEMBERS = frozenset(
    [
        "__module__",
        "__qualname__",
        "__dict__",
        "__weakref__",
        "__classcell__",
        "__annotations__",
        "__slots__",
        "__doc__",
    ]
)


def members_of(namespace: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a class as values that cross."""
    return {name: _told(value) for name, value in namespace.items() if name not in NOT_MEMBERS}


def _told(value: Any) -> tuple[Any, ...]:
    match value:
        case property():
            return "property", value.fget, value.fset, value.fdel
        case classmethod() | staticmethod():
            return type(value).__name__, value.__func__
    return "value", value


def derive_class(name: str, bases: Any, members: Any) -> type:
    """Return a class with members that came from the other side.

    Raises
    ------
    Malformed
        They are no members of a class.
    """
    if not isinstance(bases, tuple) or not isinstance(members, dict):
        raise Malformed("no class")
    scope = {"__module__": "__main__", **{member: _made(told) for member, told in members.items()}}
    return types.new_class(name, bases, {}, lambda namespace: namespace.update(scope))


def _made(told: Any) -> Any:
    match told:
        case ("property", *functions):
            return property(*functions)
        case ("classmethod", function):
            return classmethod(function)
        case ("staticmethod", function):
            return staticmethod(function)
        case ("value", value):
            return value
    raise Malformed("no member of a class")
