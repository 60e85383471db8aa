"""Modules that an answer writes: a test that imports one gets what stands for the learner's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class LearnersModules:
    """Finds the modules that nobody else finds in the learner's process; last of all finders.

    Parameters
    ----------
    fetch
        Returns what stands for a module of the learner's; raises `ImportError`.
    may_ask
        Whether a test runs.
    """

    def __init__(self, fetch: Callable[[str], Any], may_ask: Callable[[], bool]) -> None:
        self._fetch = fetch
        self._may_ask = may_ask
        sys.meta_path.append(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load a module."""
        loader: Any = self
        return ModuleSpec(name, loader) if self._may_ask() and path is None else None

    def create_module(self, spec: ModuleSpec) -> Any:
        """Return what stands for the module."""
        return self._fetch(spec.name)

    def exec_module(self, module: Any) -> None:
        """Do nothing: it ran in the learner's process."""
