"""Which tier is chosen, here and on machines of other kinds, and that none is used that does not hold."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from support.machines import NOBODY, run_on, run_with_system_python

from trailbook.adapters.sandbox.isolation import Tier, choose_tier, examine, examine_all

CHOOSE = """
import json, sys
from trailbook.adapters.sandbox.isolation import Tier, choose_tier
from trailbook.domain.errors import Unavailable
try:
    report = choose_tier(Tier(sys.argv[1]) if sys.argv[1:] else None)
except Unavailable as error:
    print(json.dumps({"code": error.code, **error.details["tiers"]}))
else:
    failed = {check.tier: check.reason for check in report.checks if not check.holds}
    print(json.dumps({"tier": report.tier, **failed}))
"""
START_A_KERNEL = """
from contextlib import closing
from trailbook.adapters.sandbox.kernel.box import Box
from trailbook.domain.course import GradingLimits
with closing(Box(GradingLimits(), kernel="python3", insecure=False)) as box:
    box.wait_until_ready()
"""
EXAMINE = """
import json
from pathlib import Path
from trailbook.adapters.sandbox import cgroups
cgroups.ROOT = Path("/nowhere")
from trailbook.adapters.sandbox.isolation import examine_all
print(json.dumps({check.tier: [probe.name for probe in check.probes if not probe.held] for check in examine_all()}))
"""
NO_NAMESPACE = (
    "/usr/bin/bwrap cannot start a sandbox: bwrap: Creating new namespace failed: nesting depth or "
    "/proc/sys/user/max_*_namespaces exceeded (ENOSPC). This system allows no further user namespace: sysctl "
    "user.max_user_namespaces=10000."
)
NEEDS_A_BWRAP = pytest.mark.skipif(not Path("/usr/bin/bwrap").exists(), reason="the system has no bubblewrap")


def test_strongest_tier_is_chosen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    report = choose_tier()
    assert (report.tier, [check.tier for check in report.checks]) == (Tier.NAMESPACES, [Tier.NAMESPACES])
    assert caplog.messages == ["learners' code is shut in by the tier namespaces"]


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.POD, Tier.LANDLOCK])
def test_wanted_tier_is_chosen_and_every_probe_of_it_held(tier: Tier) -> None:
    report = choose_tier(tier)
    assert (report.tier, report.checks) == (tier, (examine(tier),))
    assert {probe.name for probe in report.checks[0].probes if not probe.held} <= {"user"}
    assert len(report.checks[0].probes) >= 12
    assert all(probe.tried for probe in report.checks[0].probes)


def test_every_tier_is_tried_with_the_same_probes() -> None:
    names = [[probe.name for probe in check.probes] for check in examine_all()]
    assert names[0] == names[1] == names[2]


def chosen(machine: str, *wanted: str) -> Any:
    """Return what `choose_tier` gives on a machine of another kind."""
    ran = run_on(machine, sys.executable, "-c", CHOOSE, *wanted)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@NEEDS_A_BWRAP
def test_container_that_hides_parts_of_proc_is_a_pod() -> None:
    said = chosen("container")
    assert said.pop("namespaces").startswith("/usr/bin/bwrap cannot start a sandbox: bwrap: Can't mount proc")
    assert said == {"tier": "pod"}


def test_notebooks_own_kernel_starts_in_such_a_container_too() -> None:
    ran = run_on("container", sys.executable, "-c", START_A_KERNEL)
    assert ran.returncode == 0, ran.stderr


@NEEDS_A_BWRAP
def test_without_namespaces_landlock_is_left() -> None:
    assert chosen("no namespaces") == {"tier": "landlock", "namespaces": NO_NAMESPACE, "pod": NO_NAMESPACE}


@NEEDS_A_BWRAP
def test_wanted_tier_that_does_not_hold_is_refused_and_none_lower_taken() -> None:
    assert chosen("no namespaces", "pod") == {"code": "no_sandbox", "pod": NO_NAMESPACE}


def test_where_nothing_holds_grading_is_refused() -> None:
    said = chosen("nothing")
    assert said["code"] == "no_sandbox"
    assert said["landlock"] == "OSError: this system's Landlock is too old: version 0, and 6 is needed"


def test_root_without_rights_gives_no_users_and_shuts_in_all_the_same() -> None:
    ran = run_with_system_python(EXAMINE, rights=False)
    assert (ran.returncode, json.loads(ran.stdout)["landlock"]) == (0, ["user"]), ran.stderr


@pytest.mark.parametrize("user", [None, NOBODY], ids=["root", "ordinary user"])
def test_every_tier_holds_without_control_groups(user: int | None) -> None:
    """Also that root gives each grading a user of its own, where every user may read Python."""
    ran = run_with_system_python(EXAMINE, user=user)
    assert (ran.returncode, json.loads(ran.stdout)) == (0, {"namespaces": [], "pod": [], "landlock": []}), ran.stderr
