"""The names a test sees: the instructor's and its own first, then the learner's."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Protocol


class Source(Protocol):
    """Where the learner's names come from."""

    def names(self) -> Collection[str]:
        """Return the names there are."""

    def value(self, name: str) -> Any:
        """Return a name's value; raises `KeyError`."""

    def delete(self, name: str) -> bool:
        """Delete a name there; whether it was there."""


LANGUAGE = vars(builtins)


class Builtins(dict[str, Any]):
    """The language's own names, for code that looks names up past its globals: bodies of classes, ``exec``."""

    def __init__(self, namespace: Namespace) -> None:
        super().__init__(__import__=builtins.__import__)
        self._namespace = namespace

    def __missing__(self, name: str) -> Any:
        return LANGUAGE[name] if name in LANGUAGE else self._namespace.__missing__(name)


class Namespace(dict[str, Any]):
    """A namespace that asks the learner for what it does not have.

    No exact dict, so that functions too look their globals up through `__missing__`.
    """

    source: Source | None = None
    taken: Collection[str] = ()
    """Names of the language's own that the reference's answers define: only those can be the learner's."""

    def __missing__(self, name: str) -> Any:
        if self.source is None or not isinstance(name, str) or name.startswith("__"):
            raise KeyError(name)
        if name in LANGUAGE and name not in self.taken:
            raise KeyError(name)
        return self.source.value(name)

    def __delitem__(self, name: str) -> None:
        was_here = super().__contains__(name)
        if was_here:
            super().__delitem__(name)
        if not (self.source is not None and self.source.delete(name)) and not was_here:
            raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._others()

    def __iter__(self) -> Iterator[str]:
        yield from list(super().__iter__())
        yield from self._others()

    def __len__(self) -> int:
        return super().__len__() + len(self._others())

    def get(self, name: str, default: Any = None) -> Any:
        """Return a name's value, or the default."""
        try:
            return self[name]
        except KeyError:
            return default

    def keys(self) -> Any:
        """Return all names."""
        return list(self)

    def items(self) -> Any:
        """Return all names with their values."""
        return [(name, self[name]) for name in self]

    def values(self) -> Any:
        """Return all values."""
        return [self[name] for name in self]

    def copy(self) -> dict[str, Any]:
        """Return all names in a plain dict."""
        return dict(self.items())

    def own(self) -> Iterable[str]:
        """Return the names that are not the learner's."""
        return list(super().keys())

    def _others(self) -> list[str]:
        if self.source is None:
            return []
        return [name for name in self.source.names() if not super(Namespace, self).__contains__(name)]
