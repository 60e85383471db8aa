"""The zygote that every test of this folder forks from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.crossing import Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Return what learners and testers are forked from."""
    started = Zygote()
    yield started
    started.close()
