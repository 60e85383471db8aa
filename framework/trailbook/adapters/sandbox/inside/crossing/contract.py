"""The contract: which names and calls gave plain data with the reference solution, and which gave objects.

A path says how a value came to be: a name and what was done with it, such as ``Dog().speak()``. The contract keeps,
by test cell and path, the kinds that came and the special methods of objects that were used. A grading allows no
object where the reference gave plain data, and no special method that the reference did not need: those run the
learner's code, and whatever they answer would decide the test. What can only be stepped through, such as a generator
in the place of a list, may come: what it gives is looked at as it comes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import FunctionType, GeneratorType, ModuleType
from typing import Any

from . import specials
from .classes import RemoteMeta

PLAIN = "plain"
SUFFIXES = {
    "call": "()",
    "copy": "",
    "deepcopy": "",
    "state": ".__dict__",
    "step": "[*]",
    "astep": "[*]",
    "await": ".await",
}


CALLABLES = frozenset(["class", "function", "instance"])
SAME_USE = {"class": CALLABLES, "function": CALLABLES, "generator": frozenset(["instance"])}
"""By a kind the reference had: the kinds that answers may have in its place. What their calls and steps give is
looked at as it comes, wherever it comes from."""
USED_SO = frozenset(["__call__", "__iter__", "__next__"])
ITERATION = frozenset(["__iter__", "__next__"])
COPYING = frozenset(["__copy__", "__deepcopy__"])  # every class that stands for another has these


class ExpectedPlain(AssertionError):
    """An object came where plain data was due; the test fails, whatever it does about it."""


class Contract:
    """What is allowed in each test cell, or what is noted of the reference.

    Parameters
    ----------
    known
        The contract to hold to; None for none.
    is_recording
        Note instead what comes.
    """

    def __init__(self, known: Mapping[str, Any] | None, *, is_recording: bool) -> None:
        self._known = known
        self.is_recording = is_recording
        self.cell = ""
        self.violation: ExpectedPlain | None = None
        self._paths: dict[int, str] = {}
        self._alive: list[Any] = []
        self._kinds: dict[str, dict[str, set[str]]] = {}
        self._uses: dict[str, dict[str, set[str]]] = {}
        self._changes: dict[str, set[str]] = {}

    def path_of(self, value: Any) -> str:
        """Return the path by which an object came."""
        return self._paths.get(id(value), "?")

    def path_after(self, value: Any, how: str, name: str) -> str:
        """Return the path of what comes of something done with an object."""
        if name == "__iter__":  # what is iterated over may be its own iterator
            return self.path_of(value)
        suffix = SUFFIXES.get(how, f".{name}" if how == "get" else f".{name}()")
        base = self.path_of(value)
        # However deep a structure is walked through, its paths are finitely many.
        return base[: base.index(suffix) + len(suffix)] if suffix and suffix in base else base + suffix

    def check(self, path: str, value: Any, inner: Sequence[Any], odd: Collection[str]) -> None:
        """Note what came at a path, or refuse it.

        Parameters
        ----------
        inner
            The objects in the value, itself among them if it is one.
        odd
            The kinds of plain data in it that compare in ways of their own.

        Raises
        ------
        ExpectedPlain
            The reference gave no object there.
        """
        kinds: dict[tuple[str, str], Any] = {}
        # What an object brings along, such as its class or the function it wraps, is no part of the data.
        is_object = any(each is value for each in inner)
        for each in inner:
            place = path if each is value else path + "{}"
            if each is value and self._is_in_place_of_plain(path, each):
                kinds[place, PLAIN] = each
            elif each is value or not (is_object or _is_harmless(each)):
                kinds[place, kind_of(each)] = each
            self.name(each, place)
        kinds |= {(path, each): value for each in odd}
        if isinstance(value, ModuleType):
            kinds[path, f"module {value.__name__}"] = value
        found = (kinds or {(path, PLAIN): value}).items()
        for (place, kind), each in sorted(found, key=lambda item: item[0][1] == "class"):  # an object before its class
            self._check_kind(place, kind, each)

    def name(self, value: Any, path: str) -> None:
        """Let an object be known by a path."""
        if id(value) not in self._paths:
            self._alive.append(value)
        self._paths[id(value)] = path

    def use(self, value: Any, name: str) -> None:
        """Note that a special method of an object is used, or refuse it."""
        if name not in specials.ALL:
            return
        path = self.path_of(value)
        if self.is_recording:
            self._uses.setdefault(self.cell, {}).setdefault(path, set()).add(name)
        elif self._known is not None and not self._has_used(path, name, value):
            self._refuse(value)

    def may_change(self, name: str) -> bool:
        """Whether calls of the learner's code may change a name of the instructor's; noted while recording."""
        if self.is_recording:
            self._changes.setdefault(self.cell, set()).add(name)
            return True
        return self._known is None or name in self._known.get("changes", {}).get(self.cell, ())

    def written(self) -> dict[str, Any]:
        """Return what was noted, as JSON."""
        noted = {
            part: {cell: {path: sorted(each) for path, each in paths.items()} for cell, paths in noted.items()}
            for part, noted in (("kinds", self._kinds), ("uses", self._uses))
        }
        return {**noted, "changes": {cell: sorted(names) for cell, names in self._changes.items()}}

    def trusts(self) -> dict[str, list[str]]:
        """Return by cell the special methods of the learner's objects that decide its tests."""
        found = {cell: sorted(self._deciding(paths)) for cell, paths in self._uses.items() if cell}
        return {cell: names for cell, names in found.items() if names}

    def _deciding(self, paths: Mapping[str, Collection[str]]) -> Iterator[str]:
        for path, names in paths.items():
            yield from (f"{path}.{name}" for name in names if name in specials.DECIDING)

    def _is_in_place_of_plain(self, path: str, value: Any) -> bool:
        """Whether an object can only be stepped through, where the reference gave plain data."""
        return not self.is_recording and PLAIN in self._kinds_at(path) and is_iterator(value)

    def _has_used(self, path: str, name: str, value: Any) -> bool:
        """Whether the reference used a special method at a path, or had there what is used so by its nature."""
        is_used_so = name in USED_SO and bool(self._kinds_at(path) & SAME_USE.keys())
        is_used_so = is_used_so or (name in ITERATION and self._is_in_place_of_plain(path, value))
        return is_used_so or name in (self._known or {}).get("uses", {}).get(self.cell, {}).get(path, ())

    def _check_kind(self, path: str, kind: str, value: Any) -> None:
        if self.is_recording:
            self._kinds.setdefault(self.cell, {}).setdefault(path, set()).add(kind)
        elif kind != PLAIN and not self._has_shown(path, kind):
            self._refuse(value)

    def _has_shown(self, path: str, kind: str) -> bool:
        """Whether the reference gave an object of a kind, or one used as it, at a path; anything without one."""
        had = self._kinds_at(path)
        return self._known is None or kind in had or any(kind in SAME_USE.get(each, ()) for each in had)

    def _kinds_at(self, path: str) -> frozenset[str]:
        """Return the kinds that the reference had at a path."""
        return frozenset((self._known or {}).get("kinds", {}).get(self.cell, {}).get(path, ()))

    def _refuse(self, value: Any) -> None:
        self.violation = ExpectedPlain(f"expected plain data, got an object of type {type(value).__name__}")
        raise self.violation


def _is_harmless(value: Any) -> bool:
    """Whether no method of an object is the learner's: Python's own exceptions, such as warnings on their way."""
    return isinstance(value, BaseException) and type(value).__module__ == "builtins"


def is_iterator(value: Any) -> bool:
    """Whether an object is a generator, or one whose only special methods step through it."""
    if isinstance(value, GeneratorType):
        return True
    kind = type(value)
    if not isinstance(kind, RemoteMeta) or any(not isinstance(each, RemoteMeta) for each in kind.__mro__[:-1]):
        return False
    special = {name for each in kind.__mro__[:-1] for name in vars(each) if name in specials.ALL}
    return "__next__" in special and special <= ITERATION | COPYING


def kind_of(value: Any) -> str:
    """Return the kind of an object."""
    if isinstance(value, RemoteMeta):
        return "class"
    if isinstance(type(value), RemoteMeta):
        return "instance"
    if isinstance(value, FunctionType):
        return "function"
    return type(value).__name__ if type(value).__module__ == "builtins" else "own"
