"""How well learners' code can be shut in on this machine."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """A way of shutting processes in, the strongest first."""

    NAMESPACES = "namespaces"  # bubblewrap, and namespaces of its own for each process: own machine, VM
    POD = "pod"  # the same where no /proc may be mounted: a container with user namespaces
    LANDLOCK = "landlock"  # no namespaces: Landlock, seccomp and limits; to be used where nothing can leave the pod
    NONE = "none"  # nothing; only with `insecure`
