"""A grader in each tier, and the marker by which a test gets its line in the table of the docs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adversarial.case import scores
from adversarial.lessons import DOUBLE, FULL
from trailbook.adapters.sandbox import SandboxGrader
from trailbook.adapters.sandbox.isolation import Tier, choose_tier
from trailbook.domain.errors import Unavailable

TIERS = (Tier.NAMESPACES, Tier.LANDLOCK)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "case(tried): a case of the table in docs/reference/adversarial.md")


@pytest.fixture(scope="session", params=TIERS, ids=str)
def grader(request: pytest.FixtureRequest) -> Iterator[SandboxGrader]:
    """A grader in each tier, shared by all tests: what one case does to it, the next would feel."""
    try:
        choose_tier(request.param)
    except Unavailable as error:
        pytest.skip(f"the tier {request.param} does not hold on this machine: {error}")
    made = SandboxGrader(tier=request.param)
    made.warm_up(DOUBLE.to_grade().limits, ("numpy", "pandas", "matplotlib.pyplot", "unittest.mock", "pytest"))
    yield made
    made.close()


@pytest.fixture
def unharmed(grader: SandboxGrader) -> Iterator[None]:
    """After the test, the same grader gives an honest answer its points."""
    yield
    after = grader.grade(DOUBLE.to_grade(), {"answer": DOUBLE.right})
    assert (scores(after), after.reason) == (FULL, "")
