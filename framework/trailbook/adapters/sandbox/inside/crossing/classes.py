"""Real classes that stand for classes of the other side, and their instances.

An instance has no state here: attributes are asked for, and each special method is there only if the real type has
it.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
from abc import ABCMeta
from collections.abc import Sequence
from types import CodeType
from typing import Any, Protocol

from . import specials
from .functions import make_function
from .kinds import Malformed

FIRST = [["self", 0, None, None], ["args", 2, None, None], ["kwargs", 4, None, None]]
MUTATORS: dict[type, tuple[str, ...]] = {
    list: ("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse"),
    dict: ("pop", "popitem", "clear", "update", "setdefault"),
    set: ("add", "discard", "pop", "remove", "clear", "update"),
}
"""Methods of builtin types that change an instance: done where the instance is."""
OURS = frozenset(["_work", "_signature_of_class"])
LOCAL = frozenset(["__abstractmethods__", "__dict__", "__doc__", "__module__", "__annotations__", "__signature__"])


class Work(Protocol):
    """What stands for something of the other side asks it to do; see `peer.Peer`."""

    def ask(
        self, how: str, on: Any, name: str = "", args: Sequence[Any] = (), options: dict[str, Any] | None = None
    ) -> Any:
        """Have something done with an object of the other side and return what comes of it."""

    def is_object(self, value: Any) -> bool:
        """Whether a value stands for an object of the other side."""

    def place_of(self, said: dict[str, Any]) -> tuple[str, int]:
        """Return the file and line of a function's text."""

    def code_of(self, said: dict[str, Any]) -> CodeType | None:
        """Return the code of a function's text, None where the text is not here."""

    def derive(self, made: type, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        """Let the other side have a class like one that this side derived from its classes."""

    def know(self, number: int, value: Any) -> None:
        """Let a value stand for an object."""


class RemoteMeta(type):
    """Type of the classes that stand for others; see `make_class`."""

    _work: Work

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> None:
        super().__init__(name, bases, namespace, **options)
        if "_work" not in namespace:
            cls._work.derive(cls, bases, namespace)

    def __call__(cls, *args: Any, **options: Any) -> Any:
        work = cls._work
        if work.is_object(cls):
            return work.ask("call", cls, "", args, options)
        made: Any = cls.__new__(cls, *args, **options)  # type: ignore[arg-type]  # of a class of classes
        made.__init__(*args, **options)
        return made

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_abc") or name in LOCAL or not cls._work.is_object(cls):
            raise AttributeError(f"type object '{cls.__name__}' has no attribute '{name}'")
        return cls._work.ask("get", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        is_here = name.startswith("_abc") or name in LOCAL or not cls._work.is_object(cls)
        if is_here or "_work" not in vars(cls):
            super().__setattr__(name, value)
        if not is_here:
            cls._work.ask("set", cls, name, [value])

    def __delattr__(cls, name: str) -> None:
        if "_work" not in vars(cls) and name in vars(cls):
            super().__delattr__(name)
        cls._work.ask("del", cls, name)

    @property
    def __signature__(cls) -> inspect.Signature:
        """What `inspect.signature` says of the class."""
        init = cls.__dict__.get("_signature_of_class")
        if init is None:
            raise AttributeError("__signature__")
        return init if isinstance(init, inspect.Signature) else inspect.Signature()


class RemoteAbcMeta(RemoteMeta, ABCMeta):
    """The same for classes with abstract methods."""


def make_class(said: dict[str, Any], parts: Sequence[Any], work: Work, *, real: type | None = None) -> type:
    """Return a class for a description.

    Parameters
    ----------
    real
        What instances say their class is.

    Raises
    ------
    Malformed
        The description is none.
    """
    bases = tuple(parts[number] for number in said["bases"]) or (object,)
    if not all(isinstance(base, type) for base in bases):
        raise Malformed("a base that is no class")
    name, qualname, module = said["name"], said["qualname"], said["module"]
    if not all(isinstance(text, str) for text in (name, qualname, module)):
        raise Malformed("no name of a class")
    is_error = any(issubclass(base, BaseException) for base in bases)
    made: list[type] = []
    namespace: dict[str, Any] = {
        "__module__": module,
        "__qualname__": qualname,
        "__doc__": said["doc"] if isinstance(said["doc"], str) else None,
        "_work": work,
        "__getattr__": _get,
        "__setattr__": _set,
        "__delattr__": _delete,
    }
    if not is_error:
        namespace |= {"__slots__": (), "__dict__": property(_state), "__copy__": _copy, "__deepcopy__": _deepcopy}
    if real is not None:
        namespace["__class__"] = property(lambda self: real)
    if any(base.__module__ == "__main__" and not isinstance(base, RemoteMeta) for base in bases):
        namespace["__getattribute__"] = _get_over_class
    for name_of_base, mutators in MUTATORS.items():
        if any(issubclass(base, name_of_base) for base in bases):
            namespace |= {mutator: _method(mutator, work) for mutator in mutators}
    for special in said["specials"]:
        if special == "no__hash__":
            namespace["__hash__"] = None
        elif special in specials.ALL and special not in specials.CLASS_LEVEL:
            namespace[special] = _special(special, work)
    for member, about in said["members"].items():
        if member in OURS:
            continue
        namespace[member] = _member(member, about, parts, work, made)
    if said["annotations"]:
        namespace["__annotations__"] = {key: parts[number] for key, number in said["annotations"].items()}
    if said["fields"] is not None:
        namespace |= _fields(said["fields"], parts)
    namespace["_signature_of_class"] = _signature(said, namespace, parts, work)
    meta = RemoteAbcMeta if said["abc"] or any(isinstance(base, ABCMeta) for base in bases) else RemoteMeta
    made.append(types.new_class(name, bases, {"metaclass": meta}, lambda scope: scope.update(namespace)))
    return made[0]


def make_enum(said: dict[str, Any], parts: Sequence[Any], work: Work) -> type:
    """Return an enumeration for a description: a real one, whose members are this side's own."""
    base = parts[said["base"]]
    if not isinstance(base, enum.EnumMeta) or base.__members__:
        raise Malformed("no enumeration")
    name = said["name"]
    namespace = type(base).__prepare__(name, (base,))
    for member, number in said["values"].items():
        namespace[member] = parts[number]
    owner: list[type] = []
    for member, about in said["members"].items():
        if about["kind"] == "property":
            namespace[member] = property(_getter(member, work))
        elif about["kind"] == "function":
            namespace[member] = make_function(about, parts, _of_member(work, owner, member))
    namespace |= {"__module__": "__main__", "__qualname__": said["qualname"], "__doc__": said["doc"]}
    owner.append(type(base)(name, (base,), namespace))
    return owner[0]


def _of_member(work: Work, owner: list[type], name: str) -> Any:
    return lambda args, options: work.ask("from", owner[0], name, args, options)


def _signature(said: dict[str, Any], namespace: dict[str, Any], parts: Sequence[Any], work: Work) -> Any:
    """Return what the class takes: known only where it has an ``__init__`` of its own or an inherited one."""
    init = namespace.get("__init__")
    if isinstance(init, types.FunctionType):
        signature = inspect.signature(init)
        return signature.replace(
            parameters=list(signature.parameters.values())[1:], return_annotation=inspect.Signature.empty
        )
    about = said["init"]
    return inspect.signature(make_function(about, parts, lambda args, options: None)) if about else None


def _member(name: str, about: Any, parts: Sequence[Any], work: Work, owner: list[type]) -> Any:
    kind = about["kind"]
    if kind == "property":
        getter = _getter(name, work)
        getter.__isabstractmethod__ = bool(about["abstract"])
        return property(getter, _setter(name, work) if about["sets"] else None, None, about["doc"])
    if kind == "function":
        filename, line = work.place_of(about)
        function = make_function(
            about,
            parts,
            lambda args, options: _call_first(work, owner[0], name, args, options),
            filename=filename,
            line=line,
            like=work.code_of(about),
        )
        if about["abstract"]:
            function.__isabstractmethod__ = True  # type: ignore[attr-defined]
        work.know(about["number"], function)
        return function
    if kind == "classmethod":
        return classmethod(
            make_function(about, parts, lambda args, options: work.ask("method", args[0], name, args[1:], options))
        )
    if kind == "staticmethod":
        return staticmethod(
            make_function(about, parts, lambda args, options: work.ask("method", owner[0], name, args, options))
        )
    raise Malformed("no member")


def _call_first(work: Work, owner: type, name: str, args: list[Any], options: dict[str, Any]) -> Any:
    """Call a method that a class defines; an instance comes first among the arguments."""
    if not args:
        raise TypeError(f"{name}() missing 1 required positional argument: 'self'")
    return work.ask("from", owner, name, args, options)


def _method(name: str, work: Work) -> Any:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        return work.ask("method", self, name, args, options)

    method.__name__ = method.__qualname__ = name
    return method


def _getter(name: str, work: Work) -> Any:
    return lambda self: work.ask("get", self, name)


def _setter(name: str, work: Work) -> Any:
    return lambda self, value: work.ask("set", self, name, [value])


def _special(name: str, work: Work) -> Any:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        return work.ask("special", self, name, args, options)

    method.__name__ = method.__qualname__ = name
    return method


def _fields(said: Any, parts: Sequence[Any]) -> dict[str, Any]:
    """Return what makes `dataclasses.fields` and `asdict` work."""
    fields = []
    for name, annotation, default, init, shown in said:
        plain = {"default": parts[default]} if default >= 0 and parts[default].__hash__ is not None else {}
        options: dict[str, Any] = {"init": bool(init), "repr": bool(shown), "kw_only": True}
        fields.append(
            (name, parts[annotation] if annotation is not None else object, dataclasses.field(**plain, **options))
        )
    made = dataclasses.make_dataclass("Fields", fields)
    return {key: vars(made)[key] for key in ("__dataclass_fields__", "__dataclass_params__", "__match_args__")}


def _get_over_class(self: Any, name: str) -> Any:
    """Return an attribute of an instance whose class has an instructor's class among its bases.

    What an instance holds comes before what a class holds, but for methods and properties.
    """
    if name.startswith("__") or name == "_work":
        return object.__getattribute__(self, name)
    found = next((vars(each)[name] for each in type(self).__mro__ if name in vars(each)), None)
    if found is None or hasattr(type(found), "__get__"):
        return object.__getattribute__(self, name)
    return type(self)._work.ask("get", self, name)


def _get(self: Any, name: str) -> Any:
    if (name.startswith("__") and name.endswith("__")) or name == "_work":
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
    return type(self)._work.ask("get", self, name)


def _set(self: Any, name: str, value: Any) -> None:
    if name.startswith("__"):  # of an exception that is raised again
        object.__setattr__(self, name, value)
        return
    type(self)._work.ask("set", self, name, [value])


def _delete(self: Any, name: str) -> None:
    type(self)._work.ask("del", self, name)


def _state(self: Any) -> Any:
    return type(self)._work.ask("state", self)


def _copy(self: Any) -> Any:
    return type(self)._work.ask("copy", self)


def _deepcopy(self: Any, memo: Any) -> Any:
    return type(self)._work.ask("deepcopy", self)
