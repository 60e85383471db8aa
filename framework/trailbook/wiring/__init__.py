"""Joins the use cases to the adapters; nothing else does."""

from trailbook.wiring.application import Application, build
from trailbook.wiring.people import build_doorkeeping

__all__ = ["Application", "build", "build_doorkeeping"]
