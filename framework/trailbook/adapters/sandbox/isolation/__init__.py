"""Processes shut in: tiers of isolation, zygotes that fork into them, and the probes that show that they hold."""

from trailbook.adapters.sandbox.isolation.children import Child, Pair
from trailbook.adapters.sandbox.isolation.probing import choose_tier, examine, examine_all
from trailbook.adapters.sandbox.isolation.tiers import Probe, Tier, TierCheck, TierReport
from trailbook.adapters.sandbox.isolation.zygote import Zygote

__all__ = [
    "Child",
    "Pair",
    "Probe",
    "Tier",
    "TierCheck",
    "TierReport",
    "Zygote",
    "choose_tier",
    "examine",
    "examine_all",
]
