"""What a test does to names that the answers use: it assigns them, and the learner's process must see it.

Only names that the *reference* reads or binds count; whatever else a test assigns stays with the tester. A name
that a test or an instructor's cell assigned stays the tester's, unless calls of the reference changed it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .namespace import Namespace

MISSING = object()


class Assigned:
    """The names of a namespace that answers use, and the values the learner's process knows of."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self.names: set[str] = set()
        self._known: dict[str, Any] = {}

    def begin(self) -> None:
        """Take all values for known."""
        self._known = {name: self._own(name) for name in self.names}

    def changed(self) -> Iterator[tuple[str, Any]]:
        """Yield the names that have other values than are known, and from then on are known."""
        for name in sorted(self.names):
            value = self._own(name)
            if value is not self._known.get(name, MISSING):
                self._known[name] = value
                if value is not MISSING:
                    yield name, value

    def has(self, name: str) -> bool:
        """Whether a name that answers use has a value of the tester's."""
        return name in self.names and self._own(name) is not MISSING

    def give(self, name: str) -> None:
        """Let a name be the learner's from now on."""
        dict.pop(self._namespace, name, None)
        self._known[name] = MISSING

    def _own(self, name: str) -> Any:
        return dict.get(self._namespace, name, MISSING)
