"""What a side says of an object that stays with it: enough for the other side to make one that looks the same.

A description is JSON; values in it (defaults, base classes) are numbers in a list of parts that cross beside it.
"""

from __future__ import annotations

import abc
import enum
import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

from . import specials

OPAQUE = -1
"""Number of a part that is not told, such as a default that is no plain data."""
MOST_TEXT = 20_000

IsPlain = Callable[[Any], bool]


class Describer:
    """Describes one object.

    Parameters
    ----------
    is_plain
        Whether a value crosses with nothing but plain data in it.
    number_of
        Gives an object a number by which the other side may name it.
    """

    def __init__(self, is_plain: IsPlain, number_of: Callable[[Any], int]) -> None:
        self._is_plain = is_plain
        self._number_of = number_of
        self.parts: list[Any] = []

    def function(self, value: Any, *, with_attributes: bool = True) -> dict[str, Any]:
        """Return the description of a function or of anything else that is called."""
        real = value if isinstance(value, types.FunctionType) else None
        try:
            signature = inspect.signature(value, follow_wrapped=real is None)
        except (TypeError, ValueError):
            signature = inspect.Signature(
                [
                    inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
                    inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
                ]
            )
        return {
            "is": "function",
            "name": text_of(getattr(value, "__name__", type(value).__name__)),
            "qualname": text_of(getattr(value, "__qualname__", type(value).__name__)),
            "module": text_of(getattr(value, "__module__", "")),
            "doc": text_or_none(getattr(value, "__doc__", None)),
            "parameters": [self._parameter(each) for each in signature.parameters.values()],
            "returns": self._annotation(signature.return_annotation),
            "runs": how_it_runs(value),
            "line": value.__code__.co_firstlineno if real else 0,
            "closes": bool(real and real.__closure__),
            "abstract": bool(getattr(value, "__isabstractmethod__", False)),
            "attributes": self._attributes(value) if with_attributes else None,
        }

    def class_(self, value: type, *, base_of: Callable[[type], Any] = lambda base: base) -> dict[str, Any]:
        """Return the description of a class.

        Parameters
        ----------
        base_of
            Returns what stands for a base class.
        """
        is_own = value.__module__ == "__main__"
        members = {name: self._member(each) for name, each in vars(value).items() if is_member(name)} if is_own else {}
        return {
            "is": "class",
            "name": text_of(value.__name__),
            "qualname": text_of(value.__qualname__),
            "module": text_of(value.__module__),
            "doc": text_or_none(value.__doc__),
            "bases": [self._part(base_of(base)) for base in value.__bases__ if is_base(base)],
            "members": {name: member for name, member in members.items() if member is not None},
            "specials": sorted(special_names(value)),
            "abc": isinstance(value, abc.ABCMeta),
            "init": self._init(value),
            "annotations": {text_of(name): self._annotation(each) for name, each in annotations_of(value).items()},
            "fields": self._fields(value),
        }

    def enum(self, value: type[enum.Enum]) -> dict[str, Any]:
        """Return the description of an enumeration: its members by value, its methods like a class's."""
        methods = {name: self._member(each) for name, each in vars(value).items() if name[:2] != "__"}
        base = next(each for each in value.__mro__ if each.__module__ == "enum")
        return {
            "is": "enum",
            "name": text_of(value.__name__),
            "qualname": text_of(value.__qualname__),
            "doc": text_or_none(value.__doc__),
            "base": self._part(base),
            "values": {text_of(name): self._part(member.value) for name, member in value.__members__.items()},
            "members": {
                name: each for name, each in methods.items() if each is not None and name not in value.__members__
            },
        }

    def _init(self, value: type) -> dict[str, Any] | None:
        try:
            return (
                self.function(functools.partial(value), with_attributes=False)
                if "__init__" not in vars(value)
                else None
            )
        except (TypeError, ValueError):
            return None

    def _member(self, value: Any) -> dict[str, Any] | None:
        match value:
            case types.FunctionType():
                return {**self.function(value), "kind": "function", "number": self._number_of(value)}
            case staticmethod() | classmethod() if isinstance(value.__func__, types.FunctionType):
                return {**self.function(value.__func__), "kind": type(value).__name__}
            case property() | functools.cached_property():
                return {
                    "kind": "property",
                    "doc": text_or_none(getattr(value, "__doc__", None)),
                    "sets": getattr(value, "fset", None) is not None,
                    "abstract": bool(getattr(value, "__isabstractmethod__", False)),
                }
        return None

    def _fields(self, value: type) -> list[Any] | None:
        fields = vars(value).get("__dataclass_fields__")
        if fields is None:
            return None
        return [
            [text_of(field.name), self._annotation(field.type), self._plain(field.default), field.init, field.repr]
            for field in fields.values()
        ]

    def _parameter(self, parameter: inspect.Parameter) -> list[Any]:
        return [
            parameter.name,
            int(parameter.kind),
            None if parameter.default is parameter.empty else self._plain(parameter.default),
            self._annotation(parameter.annotation),
        ]

    def _annotation(self, value: Any) -> int | None:
        """Return the part of an annotation: a type by name, any other as text."""
        if value is inspect.Parameter.empty:
            return None
        if isinstance(value, type) or self._is_plain(value):
            return self._part(value)
        return self._part(inspect.formatannotation(value))

    def _attributes(self, value: Any) -> int | None:
        if isinstance(value, types.FunctionType):
            return self._part(value.__dict__) if value.__dict__ else None
        public = {name: getattr(value, name, None) for name in dir(value) if not name.startswith("_")}
        return self._part(public) if public else None

    def _plain(self, value: Any) -> int:
        return self._part(value) if self._is_plain(value) else OPAQUE

    def _part(self, value: Any) -> int:
        self.parts.append(value)
        return len(self.parts) - 1


def how_it_runs(value: Any) -> str:
    """Return ``plain``, ``generator``, ``coroutine`` or ``asyncgen``."""
    if inspect.isasyncgenfunction(value):
        return "asyncgen"
    if inspect.iscoroutinefunction(value):
        return "coroutine"
    return "generator" if inspect.isgeneratorfunction(value) else "plain"


def annotations_of(value: type) -> dict[str, Any]:
    """Return the annotations a class itself has."""
    found = vars(value).get("__annotations__")
    return found if isinstance(found, dict) else {}


def is_base(base: type) -> bool:
    """Whether a base class is told of: what only annotations need is not."""
    return base is not object and base.__module__ not in ("typing", "typing_extensions")


def is_member(name: str) -> bool:
    """Whether a name of a class is told: special methods are told by their names only."""
    return name in ("__init__", "__new__", "__post_init__") or not (name.startswith("__") and name.endswith("__"))


def special_names(value: type) -> set[str]:
    """Return the special methods of a class that are not those of `object`.

    Those of builtin bases count only where they cross: a subclass of list has the list's own in it.
    """
    found: set[str] = set()
    for each in value.__mro__[:-1]:
        if issubclass(each, BaseException) and each.__module__ == "builtins":
            continue
        for name, member in vars(each).items():
            if name in specials.ALL and (member is not None or name == "__hash__"):
                found.add(name if member is not None else "no__hash__")
    if "no__hash__" in found:
        defining = next(each for each in value.__mro__ if "__hash__" in vars(each))
        found.discard("__hash__" if vars(defining)["__hash__"] is None else "no__hash__")
    return found


def text_of(value: Any) -> str:
    """Return a text, cut; "" for what is none."""
    return value[:MOST_TEXT] if type(value) is str else ""


def text_or_none(value: Any) -> str | None:
    """Return a text, cut; None for what is none."""
    return value[:MOST_TEXT] if type(value) is str else None
