"""Zygotes with a program that runs whatever it is sent, so that a test can try anything from inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trailbook.adapters.sandbox.isolation import Child, Pair, Tier, Zygote
from trailbook.domain.course import GradingLimits

ROLES = Path(__file__).with_name("roles")
PACKAGES = ("numpy", "pandas", "matplotlib.pyplot", "IPython.core.interactiveshell")
TIERS = (Tier.NAMESPACES, Tier.POD, Tier.LANDLOCK)
ANSWER_SECONDS = 60


def run(child: Child, source: str) -> str:
    """Run Python in a child and return what it bound to ``out``, as Python writes it, or its error."""
    child.control.settimeout(ANSWER_SECONDS)
    child.control.sendall(source.encode())
    answer = b""
    while not answer.endswith(b"\n"):
        chunk = child.control.recv(65536)
        if not chunk:
            return f"ended: {child.why_ended()}"
        answer += chunk
    return answer.decode().rstrip("\n")


@pytest.fixture(scope="session", params=TIERS)
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    """A zygote of each tier that has the usual packages."""
    made = Zygote(PACKAGES, tier=request.param, programs=ROLES)
    yield made
    made.close()


@pytest.fixture
def fork(zygote: Zygote) -> Iterator[Callable[..., Pair]]:
    """Make pairs that end with the test."""
    made: list[Pair] = []

    def fork(*roles: str, **limits: float) -> Pair:
        made.append(zygote.fork(roles or ("learner", "tester"), GradingLimits(**limits)))
        return made[-1]

    yield fork
    for pair in made:
        pair.close()
