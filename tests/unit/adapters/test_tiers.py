"""What a tier's probes mean: whether it may be used, why not, and what an operator can do."""

from __future__ import annotations

import pytest

from trailbook.adapters.sandbox.isolation import Probe, Tier, TierCheck
from trailbook.adapters.sandbox.isolation.advice import LIMITS, PROBES, TIERS, advice_for

HELD = Probe("tcp", True, "Permission denied", "Connect.")
FAILED = Probe("memory", False, "used 5 bytes", "Use memory.")
WORSE = Probe("user", False, "root", "Be root.", required=False)


@pytest.mark.parametrize(
    ("check", "holds", "reason", "advice"),
    [
        (TierCheck(Tier.POD, (HELD,)), True, "", ""),
        (TierCheck(Tier.POD, (HELD, WORSE)), True, "", PROBES["user"]),
        (TierCheck(Tier.POD, (HELD, FAILED)), False, "not held: memory (used 5 bytes)", LIMITS),
        (TierCheck(Tier.POD, (FAILED, WORSE)), False, "not held: memory (used 5 bytes)", f"{LIMITS} {PROBES['user']}"),
        (TierCheck(Tier.POD, why_not="no bubblewrap"), False, "no bubblewrap", TIERS[Tier.POD]),
    ],
)
def test_tier_holds_when_every_required_probe_was_made_and_held(
    check: TierCheck, holds: bool, reason: str, advice: str
) -> None:
    assert (check.holds, check.reason, advice_for(check)) == (holds, reason, advice)


def test_probe_without_advice_of_its_own_leads_to_the_tiers() -> None:
    check = TierCheck(Tier.LANDLOCK, (Probe("tcp", False, "connected", "Connect."),))
    assert advice_for(check) == TIERS[Tier.LANDLOCK]
