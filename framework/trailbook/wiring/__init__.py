"""Joins the use cases to the adapters; nothing else does.

A grading machine needs a part of it only: what joins the course service, and all that needs, is loaded when asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trailbook.wiring.application import Application, build
    from trailbook.wiring.people import build_doorkeeping

__all__ = ["Application", "build", "build_doorkeeping"]

_PLACES = {"Application": "application", "build": "application", "build_doorkeeping": "people"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
