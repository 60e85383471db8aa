"""What a test changes around the answer: seeds of random numbers, functions of modules, limits, the environment.

The tester looks before each request whether anything is other than at the start of the test cell, and has the
learner's process do the same. Nothing goes the other way.
"""

from __future__ import annotations

import ast
import builtins
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from . import files
from .answers import parse

MISSING = object()
Patch = tuple[str, str, bool, Any]
"""A module, the name of one of its attributes, whether it is as it was, and the new value."""


class Surroundings:
    """What a test may change around an answer; the tester's side."""

    def __init__(self) -> None:
        self._watched: set[tuple[str, str]] = {("sys", "stdin"), ("sys", "argv"), ("builtins", "input")}
        self._before: dict[tuple[str, str], Any] = {}
        self._now: dict[tuple[str, str], Any] = {}
        self._settings: dict[str, Any] = {}
        self._environment: dict[str, str] = {}
        self._seeded = 0

    def watch(self, text: str) -> None:
        """Watch the functions of modules and of the language that an answer's text names."""
        self._watched |= set(functions_named(text))

    def begin(self) -> None:
        """Take all for known as it is."""
        self._before = {place: self._look(place) for place in self._watched}
        self._now = dict(self._before)
        self._environment = dict(os.environ)
        self._settings = self._read_settings()

    def changes(self) -> dict[str, Any]:
        """Return what has changed since this was asked last, {} for nothing."""
        found: dict[str, Any] = {}
        settings = self._read_settings()
        for name, value in settings.items():
            if value != self._settings.get(name):
                found[name] = random.getstate() if name == "random" else value
        if "environment" in found:
            old, new = self._environment, dict(os.environ)
            self._environment = new
            names = sorted(new.keys() | old.keys())
            found["environment"] = {name: new.get(name) for name in names if new.get(name) != old.get(name)}
        if "numpy" in found:
            found["numpy"] = sys.modules["numpy"].random.get_state()
        self._settings = settings
        patches = list(self._patches())
        return {**found, "patches": patches} if patches else found

    def _patches(self) -> Iterator[Patch]:
        for place, old in self._before.items():
            value = self._look(place)
            if value is self._now[place]:
                continue
            self._now[place] = value
            yield *place, value is old, None if value is old or value is MISSING else value
            if place == ("sys", "stdin"):
                yield "builtins", "input", value is old, None if value is old else builtins.input

    def _look(self, place: tuple[str, str]) -> Any:
        return getattr(sys.modules.get(place[0]), place[1], MISSING)

    def _read_settings(self) -> dict[str, Any]:
        numpy = sys.modules.get("numpy")
        settings: dict[str, Any] = {
            "recursion": sys.getrecursionlimit(),
            "environment": files.count_of_environment(),  # a copy of it would cost more than all the rest
            "filters": list(warnings.filters),
            "random": (self._seeded, random.getstate()),
        }
        if numpy is not None:
            _, keys, *rest = numpy.random.get_state()
            settings["numpy"] = (self._seeded, keys.tobytes(), *rest)
        return settings

    def watch_seeds(self) -> None:
        """Notice seeding from now on, even with the seed there was."""
        numpy = sys.modules.get("numpy")
        modules: list[Any] = [random, *([numpy.random] if numpy is not None else [])]
        for module in modules:
            module.seed = self._counting(module.seed)

    def _counting(self, seed: Callable[..., Any]) -> Callable[..., Any]:
        def seed_and_count(*args: Any, **options: Any) -> Any:
            self._seeded += 1
            return seed(*args, **options)

        seed_and_count.__name__ = "seed"
        return seed_and_count


class Surrounded:
    """What was changed around an answer; the learner's side.

    Parameters
    ----------
    language
        The language's own names as the learner's cells see them: what a test takes away must not be missing here.
    """

    def __init__(self, language: dict[str, Any]) -> None:
        self._originals: dict[tuple[str, str], Any] = {}
        self._language = language

    def apply(self, changes: dict[str, Any]) -> None:
        """Make changes."""
        for module, name, is_back, value in changes.get("patches", ()):
            self._patch(module, name, is_back=is_back, value=value)
        if "recursion" in changes:
            sys.setrecursionlimit(changes["recursion"])
        if "environment" in changes:
            for name, value in changes["environment"].items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
        if "filters" in changes:
            warnings.filters[:] = changes["filters"]  # type: ignore[index]
            warnings._filters_mutated()  # type: ignore[attr-defined]
        if "random" in changes:
            random.setstate(changes["random"])
        if "numpy" in changes:
            sys.modules["numpy"].random.set_state(changes["numpy"])

    def _patch(self, module: str, name: str, *, is_back: bool, value: Any) -> None:
        target = sys.modules.get(module)
        if target is None:
            return
        original = self._originals.setdefault((module, name), getattr(target, name, MISSING))
        new = original if is_back else value
        if new is MISSING:
            return
        if module == "builtins":
            self._language[name] = new
        if module != "builtins" or name in ("input", "open", "print"):
            setattr(target, name, new)


def functions_named(text: str) -> Iterator[tuple[str, str]]:
    """Yield the modules' attributes and builtins that a text names, as module and attribute.

    >>> sorted(functions_named("import time as t\\nt.sleep(1)\\nprint(2)"))
    [('builtins', 'print'), ('time', 'sleep')]
    """
    tree = parse(text)
    if tree is None:
        return
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {
                (a.asname or a.name.partition(".")[0]): (a.name if a.asname else a.name.partition(".")[0])
                for a in node.names
            }
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {(a.asname or a.name): f"{node.module}.{a.name}" for a in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and hasattr(builtins, node.id):
            yield "builtins", node.id
        path = path_of(node)
        if path and path[0] in modules:
            module = ".".join([modules[path[0]], *path[1:-1]])
            yield module, path[-1]


def path_of(node: ast.AST) -> list[str]:
    """Return the names of ``a.b.c``; [] for anything else, and for one name alone."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) and names else []
