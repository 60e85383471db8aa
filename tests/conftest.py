"""Fixtures every folder can use: one demo hub and one PostgreSQL for the whole session."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from harness.demo import Demo, running_demo
from support.postgres import BINARIES, Cluster, find_binaries, running_cluster


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo hub in a folder with a space in its name, for all tests that only use it; its logs stay clean."""
    with running_demo(tmp_path_factory.mktemp("a demo") / "the state") as running:
        yield running
        assert running.faults() == []


hypothesis.settings.register_profile(
    "trailbook",
    deadline=None,  # the machine is shared: how long an example takes says nothing
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=True,  # a gate says the same twice
)
hypothesis.settings.load_profile("trailbook")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A throw-away PostgreSQL server; skips only where its programs are not installed."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(f"PostgreSQL is not installed: no postgres on PATH or below {BINARIES}")
    with running_cluster(binaries) as cluster:
        yield cluster
