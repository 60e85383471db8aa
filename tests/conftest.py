"""Fixtures every folder can use: one demo hub for the whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.demo import Demo, running_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo hub, in a folder with a space in its name, for all tests that only use it."""
    with running_demo(tmp_path_factory.mktemp("a demo") / "the state") as running:
        yield running
