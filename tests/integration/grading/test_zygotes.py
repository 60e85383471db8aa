"""Tests of processes kept ready for the next grading: used, right, alive, and gone at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.small_course import wait_for

from trailbook.adapters.sandbox.isolation import Pair, Tier
from trailbook.adapters.sandbox.isolation.children import pid_of
from trailbook.adapters.sandbox.separate.zygotes import Zygotes
from trailbook.domain.course import GradingLimits

LIMITS = GradingLimits(memory_mib=256)
APART = ("learner", "tester")


@pytest.fixture
def zygotes() -> Iterator[Zygotes]:
    """A place with one pair kept ready."""
    made = Zygotes(Tier.NAMESPACES, spares=1)
    yield made
    made.close()


TO_THE_END = """
import os
from trailbook.adapters.sandbox.isolation import Tier
from trailbook.adapters.sandbox.separate.spares import APART
from trailbook.adapters.sandbox.separate.zygotes import Zygotes
from trailbook.adapters.sandbox.usage import tree_of
from trailbook.domain.course import GradingLimits

before = set(tree_of(os.getpid()))
zygotes = Zygotes(Tier.NAMESPACES, spares=2)
with zygotes.fork(frozenset(), {}, APART, GradingLimits()):
    meanwhile = set(tree_of(os.getpid())) - before
zygotes.close()
left = set(tree_of(os.getpid())) - before
print("2 or more" if len(meanwhile) >= 2 else len(meanwhile), f"then {len(left)}", sep=", ")
"""


def spare_of(zygotes: Zygotes) -> Pair:
    """Return the pair that waits."""
    wait_for(lambda: len(zygotes._held[-1].spares._waiting) == 1, what="a pair")
    return zygotes._held[-1].spares._waiting[0].result()


def test_a_pair_waits_is_used_and_replaced(zygotes: Zygotes) -> None:
    zygotes.warm_up(frozenset(), {}, LIMITS)
    spare = spare_of(zygotes)

    with zygotes.fork(frozenset(), {}, APART, LIMITS) as pair:
        assert pair is spare
        assert pair.learner.is_alive()

    assert spare_of(zygotes) is not spare
    wait_for(lambda: not spare.learner.is_alive(), what="the end of the used pair")


def test_a_pair_for_other_limits_is_not_used_and_ends(zygotes: Zygotes) -> None:
    zygotes.warm_up(frozenset(), {}, LIMITS)
    spare = spare_of(zygotes)

    with zygotes.fork(frozenset(), {}, APART, replace(LIMITS, memory_mib=300)) as pair:
        assert pair is not spare

    wait_for(lambda: not spare.learner.is_alive(), what="the end of the pair nobody needs")


def test_a_pair_that_died_meanwhile_is_not_used(zygotes: Zygotes) -> None:
    zygotes.warm_up(frozenset(), {}, LIMITS)
    spare = spare_of(zygotes)
    os.kill(pid_of(spare.learner._pidfd), signal.SIGKILL)
    wait_for(lambda: not spare.learner.is_alive(), what="its end")

    with zygotes.fork(frozenset(), {}, APART, LIMITS) as pair:
        assert pair is not spare
        assert pair.learner.is_alive()


def test_a_zygote_with_more_imports_serves_and_one_with_fewer_does_not(zygotes: Zygotes) -> None:
    zygotes.warm_up(frozenset({"json", "decimal"}), {}, LIMITS)
    zygotes.warm_up(frozenset({"json"}), {}, LIMITS)
    assert len(zygotes._held) == 1

    zygotes.warm_up(frozenset({"csv"}), {}, LIMITS)
    assert [held.imports for held in zygotes._held] == [frozenset({"json", "decimal"}), frozenset({"csv"})]


def test_nothing_is_left_after_the_end() -> None:
    # In a process of its own: other tests' graders keep pairs ready in this one.
    done = subprocess.run([sys.executable, "-c", TO_THE_END], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == "2 or more, then 0\n"
