"""Makes what stands for the other side's objects here, from numbers and descriptions that came."""

from __future__ import annotations

import enum
import sys
from collections.abc import AsyncGenerator, Generator
from types import FunctionType
from typing import Any

from .classes import RemoteMeta, Work, make_class, make_enum
from .errors import error_of_name, make_error, set_extras
from .functions import make_function
from .kinds import BY_TYPE, Malformed

MOST_OBJECTS = 500_000


class Imports:
    """What stands for the other side's objects, by their numbers; each object has one."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.proxies: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}

    def number_of(self, value: Any) -> int | None:
        """Return the number of the object a value stands for, None when it stands for none."""
        return self._numbers.get(id(value))

    def add(self, number: int, value: Any) -> None:
        """Let a value stand for an object."""
        if len(self.proxies) > MOST_OBJECTS:
            raise Malformed("too many objects")
        self.proxies[number] = value
        self._numbers[id(value)] = number

    def make(self, head: Any, parts: list[Any]) -> Any:
        """Return what stands for an object."""
        number, said = head
        if type(number) is not int or number < 0:
            raise Malformed("no number of an object")
        if number in self.proxies:
            known = self.proxies[number]
            if parts and said is None:
                refresh(known, parts[0])
            return known
        made = self._new(number, said, parts)
        self.add(number, made)
        return made

    def make_member(self, name: object, kind: Any) -> Any:
        """Return a member of an enumeration."""
        if not isinstance(kind, enum.EnumMeta) or name not in kind.__members__:
            raise Malformed("no member of an enumeration")
        return kind.__members__[str(name)]

    def refresh(self, number: Any, content: Any) -> None:
        """Make the builtin part of what stands for an object hold what the object holds now."""
        if type(number) is int and number in self.proxies:
            refresh(self.proxies[number], content)

    def make_error(self, head: Any, parts: list[Any]) -> BaseException:
        """Return an exception like the other side's."""
        number, name = head
        kind, args, attributes, cause = parts
        if type(args) is not tuple or type(attributes) is not tuple:
            raise Malformed("no exception")
        if number in self.proxies:
            known = self.proxies[number]
            if isinstance(known, BaseException):
                return known
        found = error_of_name(name) if name is not None else kind
        if not (isinstance(found, type) and issubclass(found, BaseException)):
            raise Malformed("no class of an exception")
        error = make_error(found, args)
        set_extras(error, dict(attributes))
        vars(error).update((key, each) for key, each in attributes if type(key) is str and not key.startswith("_"))
        if isinstance(cause, BaseException):
            error.__cause__ = cause
        self.add(number, error)
        return error

    def _new(self, number: int, said: Any, parts: list[Any]) -> Any:
        match said:
            case {"is": "function"}:
                return self._function(number, said, parts)
            case {"is": "class"}:
                return self._class(said, parts)
            case {"is": "enum"}:
                return make_enum(said, parts, self._work)
            case {"is": "instance"}:
                return self._instance(parts)
            case {"is": "generator"}:
                return self._named(drive(self._work, number), said)
            case {"is": "coroutine"}:
                return self._named(wait(self._work, number), said)
            case {"is": "asyncgen"}:
                return drive_async(self._work, number)
        raise Malformed("no description")

    def _named(self, made: Any, said: dict[str, Any]) -> Any:
        if isinstance(said.get("name"), str):
            made.__name__ = said["name"]
        return made

    def _function(self, number: int, said: dict[str, Any], parts: list[Any]) -> FunctionType:
        work = self._work
        how = {"coroutine": "call", "generator": "call"}.get(str(said.get("runs")), "call")
        filename, line = work.place_of(said)
        return make_function(
            said,
            parts,
            lambda args, options: work.ask(how, number, "", args, options),
            filename=filename,
            line=line,
            like=work.code_of(said),
        )

    def _class(self, said: dict[str, Any], parts: list[Any]) -> type:
        return make_class(said, parts, self._work, real=find_class(said.get("real")))

    def _instance(self, parts: list[Any]) -> Any:
        kind: Any = parts[0]
        if not isinstance(kind, RemoteMeta):
            raise Malformed("an instance of no class")
        return self._instance_of(kind, parts)

    def _instance_of(self, kind: Any, parts: list[Any]) -> Any:
        base: Any = next((each for each in kind.__mro__ if each in BY_TYPE and each.__module__ == "builtins"), None)
        if base is None:
            return object.__new__(kind)
        if len(parts) < 2 or type(parts[1]) is not HELD.get(base, base):
            raise Malformed("an instance without what is in it")
        if BY_TYPE[base].is_mutable:
            made = base.__new__(kind)
            refresh(made, parts[1])
            return made
        return base.__new__(kind, parts[1])


HELD: dict[type, type] = {list: tuple, set: tuple, dict: tuple, bytearray: bytes}
"""As what the contents of an instance derived from a mutable type come."""


def refresh(known: Any, content: Any) -> None:
    """Make the builtin part of an instance hold what the object holds now: its parts, keys and values in turn."""
    if type(content) is bytes and isinstance(known, bytearray):
        bytearray.__setitem__(known, slice(None), content)
    elif type(content) is not tuple:
        return
    elif isinstance(known, list):
        list.__setitem__(known, slice(None), content)
    elif isinstance(known, set):
        set.clear(known)
        set.update(known, content)
    elif isinstance(known, dict):
        dict.clear(known)
        dict.update(known, zip(content[::2], content[1::2], strict=True))


def find_class(name: object) -> type | None:
    """Return the class of that name in a module that is loaded here, None for none, and for plain data's."""
    if not isinstance(name, str):
        return None
    module, _, attribute = name.partition(":")
    found = getattr(sys.modules.get(module), attribute, None) if module != "__main__" else None
    return found if isinstance(found, type) and found not in BY_TYPE and found is not object else None


def drive(work: Work, number: int) -> Generator[Any, Any, Any]:
    """Run a generator of the other side."""
    how, sent = "next", list[Any]()
    while True:
        done, value = work.ask("step", number, how, sent)
        if done:
            return value
        try:
            how, sent = "send", [(yield value)]
        except GeneratorExit:
            work.ask("step", number, "close")
            raise
        except BaseException as error:  # noqa: BLE001 - the other side's generator decides about it
            how, sent = "throw", [error]


async def wait(work: Work, number: int) -> Any:
    """Run a coroutine of the other side."""
    return work.ask("await", number)


async def drive_async(work: Work, number: int) -> AsyncGenerator[Any, Any]:
    """Run an asynchronous generator of the other side."""
    while True:
        done, value = work.ask("astep", number)
        if done:
            return
        yield value
