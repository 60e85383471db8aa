"""A place for a cluster: a course service's folder, and room for machines beside it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a space in its name."""
    folder = tmp_path / "a place"
    folder.mkdir()
    return folder
