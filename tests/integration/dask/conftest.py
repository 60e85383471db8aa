"""A place for a cluster: a course service's folder, and room for machines beside it."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def tornados_sockets() -> Iterator[None]:
    """Collect, and forgive, the sockets that tornado leaves open where a scheduler ends while one connects to it.

    asyncio's own have a protocol number: what we would leave open is still told.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"unclosed <socket\.socket [^>]*proto=0", ResourceWarning)
        yield
        gc.collect()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a space in its name."""
    folder = tmp_path / "a place"
    folder.mkdir()
    return folder
