"""Classes that instructor's cells define: both sides have them, so that their instances cross by value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .kinds import BY_TAG, BY_TYPE, Kind, Malformed, register
from .values_builtin import pairs

SKIPPED = ("__dict__", "__weakref__")


_names: dict[type, str] = {}
_classes: dict[str, type] = {}


def name_of_shared(kind: type) -> str | None:
    """Return the name of a class that both sides have, None for any other."""
    return _names.get(kind)


def shared_of_name(name: object) -> type:
    """Return the class of a name that both sides have."""
    if not isinstance(name, str) or name not in _classes:
        raise Malformed("no class that both sides have")
    return _classes[name]


def share_class(kind: type, name: str) -> None:
    """Let instances of a class cross by value; its name is the same on both sides.

    Not those derived from a builtin type that holds data, nor exceptions, which cross in their own way.
    """
    _names.pop(_classes.get(name, object), None)
    _names[kind], _classes[name] = name, kind
    old = BY_TAG.pop(f"inst {name}", None)
    if old is not None:
        BY_TYPE.pop(old.type, None)
    if is_simple(kind):
        register(Kind(f"inst {name}", kind, lambda d, head, parts: object.__new__(kind), None, state_of, fill_state))
    elif issubclass(kind, tuple) and _new_of(kind) is tuple.__new__:
        register(Kind(f"inst {name}", kind, lambda d, head, parts: tuple.__new__(kind, parts), parts=tuple_parts))


def tuple_parts(value: Any) -> list[Any]:
    """Return what an instance of a class derived from tuple holds."""
    return list(tuple.__iter__(value))


def is_simple(kind: type) -> bool:
    """Whether an instance of a class is its attributes and nothing else."""
    return type(kind).__name__ in ("type", "ABCMeta") and object.__new__ is _new_of(kind)


def _new_of(kind: type) -> Any:
    """Return what makes bare instances of a class: that of its last base in C."""
    base = next(each for each in kind.__mro__ if not each.__flags__ & (1 << 9))
    return base.__new__


def slots_of(kind: type) -> list[str]:
    """Return the attributes that instances have places for instead of a dict."""
    found: list[str] = []
    for each in kind.__mro__:
        slots = vars(each).get("__slots__", ())
        names = [slots] if isinstance(slots, str) else list(slots)
        hidden = each.__name__.lstrip("_")
        found += [
            f"_{hidden}{n}" if n.startswith("__") and not n.endswith("__") else n for n in names if n not in SKIPPED
        ]
    return found


def state_of(value: Any) -> list[Any]:
    """Return an instance's attributes and their values in turn."""
    state = dict(getattr(value, "__dict__", {}))
    for name in slots_of(type(value)):
        try:
            state[name] = object.__getattribute__(value, name)
        except AttributeError:
            continue
    return pairs(state)


def fill_state(value: Any, parts: Sequence[Any]) -> None:
    """Give an instance the attributes that came, and no others."""
    state = dict(zip(parts[::2], parts[1::2], strict=True))
    if not all(type(name) is str and not (name.startswith("__") and name.endswith("__")) for name in state):
        raise Malformed("no attribute")
    slots = slots_of(type(value))
    own = getattr(value, "__dict__", None)
    if own is not None:
        own.clear()
        own.update((name, each) for name, each in state.items() if name not in slots)
    for name in slots:
        if name in state:
            object.__setattr__(value, name, state[name])
