"""A grader in each tier, and the marker by which a test gets its line in the table of the docs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adversarial.case import scores
from adversarial.lessons import DOUBLE, FULL
from trailbook.adapters.sandbox import SandboxGrader


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "case(tried): a case of the table in docs/reference/adversarial.md")


@pytest.fixture(scope="session")
def grader() -> Iterator[SandboxGrader]:
    """A grader, shared: what one case does to it, the next would feel."""
    made = SandboxGrader()
    yield made
    made.close()


@pytest.fixture
def unharmed(grader: SandboxGrader) -> Iterator[None]:
    """After the test, the same grader gives an honest answer its points."""
    yield
    after = grader.grade(DOUBLE.to_grade(), {"answer": DOUBLE.right})
    assert (scores(after), after.reason) == (FULL, "")
