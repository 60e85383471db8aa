"""A grader with a real sandbox, shared by the tests of a file: each grading has a box of its own anyhow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trailbook.adapters.sandbox import SandboxGrader


@pytest.fixture(scope="session")
def grader() -> Iterator[SandboxGrader]:
    """A grader that keeps one box started."""
    made = SandboxGrader()
    yield made
    made.close()
