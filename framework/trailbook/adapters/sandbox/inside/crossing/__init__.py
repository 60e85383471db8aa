"""How a tester and a learner, in two processes, work as if they were one: imports nothing of trailbook.

The modules use each other by relative imports: inside a sandbox this folder is a top-level package, in tests a part
of trailbook. They have a copy of the language's own names, made before any test runs: a test may take ``sum`` or
``sorted`` away.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType

_LANGUAGE = dict(vars(builtins))


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one of these modules."""

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's text, which finds the copy in place of the language's own names."""
        vars(module)["__builtins__"] = _LANGUAGE
        super().exec_module(module)


class _Finder:
    """Finds these modules, and no others."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to load one of these modules, None for any other."""
        if not name.startswith(f"{__name__}."):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is importlib.machinery.SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


sys.meta_path.insert(0, _Finder)
