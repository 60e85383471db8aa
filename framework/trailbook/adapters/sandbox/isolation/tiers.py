"""How well learners' code can be shut in on this machine: the tiers, and what was found out about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """A way of shutting processes in, the strongest first."""

    NAMESPACES = "namespaces"  # bubblewrap, and namespaces of its own for each process: own machine, VM
    POD = "pod"  # the same where no /proc may be mounted: a container with user namespaces
    LANDLOCK = "landlock"  # no namespaces: Landlock, seccomp and limits; to be used where nothing can leave the pod
    NONE = "none"  # nothing; only with `insecure`


@dataclass(frozen=True)
class Probe:
    """One thing that was tried from inside a sandbox.

    Attributes
    ----------
    held
        Whether the sandbox kept it from working.
    seen
        What the system said, or what was managed.
    tried
        What was tried, in a line.
    required
        Whether the tier is used only where this is held.
    """

    name: str
    held: bool
    seen: str
    tried: str
    required: bool = True


@dataclass(frozen=True)
class TierCheck:
    """What a tier's probes gave; ``why_not`` says why none could be made, and is empty when they were."""

    tier: Tier
    probes: tuple[Probe, ...] = ()
    why_not: str = ""

    @property
    def holds(self) -> bool:
        """Whether learners' code may run in it."""
        return not self.why_not and bool(self.probes) and all(probe.held or not probe.required for probe in self.probes)

    @property
    def reason(self) -> str:
        """Why it does not hold, in one line; empty when it does."""
        if self.why_not or self.holds:
            return self.why_not
        failed = [f"{probe.name} ({probe.seen})" for probe in self.probes if probe.required and not probe.held]
        return f"not held: {', '.join(failed)}"


@dataclass(frozen=True)
class TierReport:
    """The tier to use, None where none holds, and the checks that were made, the strongest tier first."""

    tier: Tier
    checks: tuple[TierCheck, ...]
