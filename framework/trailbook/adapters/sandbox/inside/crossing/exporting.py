"""How one side's objects are made known to the other: as a number and a description, told once.

Nodes: ``own`` (the reader's own object comes back), ``obj`` (number and description), ``error`` (an exception, by
value).
"""

from __future__ import annotations

import enum
import types
from collections.abc import Callable
from typing import Any

from .describing import Describer
from .encoding import Encoder
from .errors import EXTRAS, name_of_error
from .names import name_of_known, name_of_type
from .sharing import name_of_shared

CALLABLES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
)
CONTENTS = (bool, int, float, complex, str, bytes, tuple, frozenset, list, set, dict, bytearray)


class ClassOf:
    """The class of an instance that crosses: described even where the class itself crosses by name."""

    def __init__(self, kind: type) -> None:
        self.kind = kind


class Exports:
    """The objects of this side that the other side knows by number.

    Parameters
    ----------
    find_foreign
        Returns the number of the other side's object that a value stands for, None for none.
    gives_names
        Functions and classes of installed modules go by name, so that the other side uses its own and can call nothing
        here but what tests define.
    """

    def __init__(self, find_foreign: Callable[[Any], int | None], *, gives_names: bool = False) -> None:
        self._gives_names = gives_names
        self.objects: dict[int, Any] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._told: set[int] = set()
        self._find_foreign = find_foreign
        self._classes: dict[type, ClassOf] = {}
        self._contents: dict[int, tuple[Any, ...]] = {}

    def find(self, number: object) -> Any:
        """Return the object of a number; raises `KeyError` for one that was never given."""
        found = self.objects[number]  # type: ignore[index]
        return found.kind if type(found) is ClassOf else found

    def export(self, encoder: Encoder, value: Any) -> list[Any]:
        """Return the node of a value that is no plain data."""
        foreign = self._find_foreign(value)
        if foreign is not None:
            return ["own", foreign, 0, []]
        shared = name_of_shared(value) if isinstance(value, type) else None
        if shared is not None:
            return ["shared", shared, 0, []]
        name = name_of_type(value)
        if name is not None:
            return ["type", name, 0, []]
        known = name_of_known(value) if self._gives_names else None
        if known is not None:
            return ["known", known, 0, []]
        if is_member_of_own(value):
            return ["member", str(value.name), 0, [encoder.item(type(value))]]
        number = self._number_of(value)
        is_told = number in self._told
        self._told.add(number)
        if isinstance(value, BaseException):
            return self._error(encoder, value, number)
        if is_told:
            return ["obj", [number, None], 0, self._content(encoder, value, number)]
        describer = Describer(is_plain, self._number_of)
        said = self._describe(describer, value)
        parts = [encoder.item(part) for part in describer.parts]
        if said["is"] == "instance":
            parts += self._content(encoder, value, number)
        return ["obj", [number, said], 0, parts]

    def tell_of(self, value: Any) -> int:
        """Return the number of an object that the other side makes something for by itself."""
        number = self._number_of(value)
        self._told.add(number)
        return number

    def changed_contents(self) -> list[tuple[int, Any]]:
        """Return numbers and contents of instances derived from list, dict or set that changed since they were told."""
        changed = []
        for number, told in list(self._contents.items()):
            now = flat(base_content(self.objects[number]))
            if len(told) != len(now) or any(a is not b for a, b in zip(told, now, strict=True)):
                self._contents[number] = now
                changed.append((number, now))
        return changed

    def _content(self, encoder: Encoder, value: Any, number: int) -> list[Any]:
        """Return what the builtin part of an instance holds, as items: one, or none."""
        if not has_content(value):
            return []
        content = base_content(value)
        if isinstance(content, list | dict | set):
            content = self._contents[number] = flat(content)
        return [encoder.item(bytes(content) if isinstance(content, bytearray) else content)]

    def forget_told(self, number_before: int) -> None:
        """Tell again what was described in a table that was not sent: all objects numbered since."""
        self._told = {number for number in self._told if number < number_before}

    @property
    def count(self) -> int:
        """Return how many objects have a number."""
        return len(self.objects)

    def _number_of(self, value: Any) -> int:
        key = ("class of", id(value.kind)) if type(value) is ClassOf else ("", id(value))
        if key not in self._numbers:
            self._numbers[key] = len(self.objects)
            self.objects[len(self.objects)] = value
        return self._numbers[key]

    def class_of(self, kind: type) -> Any:
        """Return what stands for an instance's class in its description."""
        if kind.__module__ == "__main__" and name_of_type(kind) is None:
            return kind
        return self._classes.setdefault(kind, ClassOf(kind))

    def _base_of(self, kind: type) -> Any:
        """Return what stands for a base of a class of an installed module: another such, unless it is plain data's."""
        return kind if name_of_type(kind) is not None else self.class_of(kind)

    def _error(self, encoder: Encoder, error: BaseException, number: int) -> list[Any]:
        name = name_of_error(type(error))
        kind = None if name else type(error)
        attributes = {key: each for key, each in vars(error).items() if type(key) is str and not key.startswith("_")}
        attributes |= {
            key: getattr(error, key, None) for base, keys in EXTRAS.items() if isinstance(error, base) for key in keys
        }
        parts = [kind, error.args, tuple(attributes.items()), error.__cause__]
        return ["error", [number, name], 0, [encoder.item(part) for part in parts]]

    def _describe(self, describer: Describer, value: Any) -> dict[str, Any]:
        if type(value) is ClassOf:
            return {
                **describer.class_(value.kind, base_of=self._base_of),
                "real": f"{value.kind.__module__}:{value.kind.__name__}",
            }
        if isinstance(value, type) and is_simple_enum(value):
            return describer.enum(value)
        if isinstance(value, type):
            return describer.class_(value)
        if type(value) in CALLABLES or (callable(value) and type(value).__module__ in ("functools", "numpy")):
            return describer.function(value)
        lazy = {
            types.GeneratorType: "generator",
            types.CoroutineType: "coroutine",
            types.AsyncGeneratorType: "asyncgen",
        }
        if type(value) in lazy:
            return {"is": lazy[type(value)], "name": value.__name__}
        describer.parts.append(self.class_of(type(value)))
        return {"is": "instance"}


def has_content(value: Any) -> bool:
    """Whether an instance is one of a class derived from a plain builtin type."""
    return issubclass(type(value), CONTENTS)  # not what it says of itself


def base_content(value: Any) -> Any:
    """Return what an instance of a class derived from a builtin type holds as one of that type."""
    base = next(each for each in CONTENTS if issubclass(type(value), each) and each is not bool)
    if base in (dict, list, tuple, set, frozenset):
        whole: dict[type, Callable[[Any], Any]] = {
            dict: dict.copy,
            list: list.copy,
            set: set.copy,
            tuple: lambda v: tuple(tuple.__iter__(v)),
            frozenset: lambda v: frozenset(frozenset.__iter__(v)),
        }
        made = whole[base](value)
        return base(made) if type(made) is not base else made
    return base.__getnewargs__(value)[0] if base in (int, float, str, bytes) else base(value)


def flat(content: Any) -> tuple[Any, ...]:
    """Return all that a container holds, keys and values in turn."""
    return tuple(each for pair in content.items() for each in pair) if isinstance(content, dict) else tuple(content)


def is_member_of_own(value: Any) -> bool:
    """Whether a value is a member of an enumeration that a cell defines."""
    return is_simple_enum(type(value)) and type(value).__members__.get(value.name) is value


def is_simple_enum(kind: type) -> bool:
    """Whether an enumeration is one of a cell's whose members are plain data."""
    if not issubclass(kind, enum.Enum) or kind.__module__ != "__main__" or not kind.__members__:
        return False
    decides = {"__init__", "__eq__", "__hash__", "_missing_"} & vars(kind).keys()
    return not decides and all(is_plain(member.value) for member in kind)


def is_plain(value: Any) -> bool:
    """Whether a value crosses with nothing but plain data in it."""

    def refuse(encoder: Encoder, value: Any) -> list[Any]:
        name = name_of_type(value)
        if name is None:
            raise TypeError("no plain data")
        return ["type", name, 0, []]

    try:
        Encoder(refuse, None).add(value)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return False
    return True
