"""The examples in docstrings run."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ["framework", "extensions/course_service", "extensions/jupyter_server", "hub_config"]


def modules() -> list[str]:
    """Return every module of ours with an example in it."""
    return sorted(
        ".".join(path.relative_to(ROOT / source).with_suffix("").parts).removesuffix(".__init__")
        for source in SOURCES
        for path in (ROOT / source).rglob("*.py")
        if "    >>> " in path.read_text("utf-8")
    )


def test_examples_are_found() -> None:
    assert "trailbook.domain.unlocking" in modules()


@pytest.mark.parametrize("module", modules())
def test_examples_of_module_run(module: str) -> None:
    results = doctest.testmod(importlib.import_module(module))
    assert results.attempted > 0
    assert results.failed == 0
