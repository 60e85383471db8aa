"""Processes shut in: tiers of isolation, zygotes that fork into them, and the tests that show that they hold."""

from trailbook.adapters.sandbox.isolation.tiers import Tier
from trailbook.adapters.sandbox.isolation.zygote import Child, Pair, Zygote

__all__ = ["Child", "Pair", "Tier", "Zygote"]
