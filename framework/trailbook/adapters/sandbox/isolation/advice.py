"""What an operator can do about a tier, or a probe, that does not hold."""

from __future__ import annotations

from trailbook.adapters.sandbox.isolation.tiers import Tier, TierCheck

TIERS = {
    Tier.NAMESPACES: "On a machine of your own: install bubblewrap, and let it make user namespaces. In a container "
    "this tier seldom holds; use pod.",
    Tier.POD: "Let the container make user namespaces. Docker: --security-opt seccomp=unconfined, and on Ubuntu "
    "--security-opt apparmor=unconfined. Kubernetes: seccompProfile and appArmorProfile of type Unconfined, and "
    "hostUsers: false.",
    Tier.LANDLOCK: "Use Linux 6.12 or newer, with landlock in /sys/kernel/security/lsm. Let nothing leave the pod: a "
    "NetworkPolicy without egress but to the database and the scheduler.",
}
LIMITS = (
    "Run Trailbook where it may make control groups: as a systemd service with Delegate=yes, or in a pod of its own "
    "with a memory limit."
)
PROBES = {
    "python": "Install the course's packages into the Python that runs Trailbook, and let its user read them.",
    "memory": LIMITS,
    "processes": LIMITS,
    "user": "Put Python where every user may read it, so that each grading can have a user of its own.",
}


def advice_for(check: TierCheck) -> str:
    """Return what to do so that a tier holds, or holds better; empty when there is nothing to do."""
    if check.why_not:
        return TIERS[check.tier]
    failed = [probe.name for probe in check.probes if not probe.held]
    return " ".join(dict.fromkeys(PROBES.get(name, TIERS[check.tier]) for name in failed))
