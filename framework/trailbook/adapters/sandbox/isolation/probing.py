"""Tries a tier out: starts a sandbox as for a grading, and from inside it whatever must not work."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import logging
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from trailbook.adapters.sandbox.isolation.children import Most
from trailbook.adapters.sandbox.isolation.tiers import Probe, Tier, TierCheck, TierReport
from trailbook.adapters.sandbox.isolation.view import PROGRAMS
from trailbook.adapters.sandbox.isolation.zygote import Zygote
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Unavailable

log = logging.getLogger(__name__)

ORDER = (Tier.NAMESPACES, Tier.POD, Tier.LANDLOCK)
OPTIONAL = ("user",)  # what is better held, and no reason not to use a tier
LIMITS = GradingLimits(memory_mib=64, processes=8, total_timeout_seconds=30)
ANSWER_SECONDS = 30
SECRET_MODE = 0o644  # with namespaces alone to hide it
ENDS = {"memory": "Use more memory than is allowed.", "processes": "Start more processes than are allowed."}
"""Probes whose process may be ended for it, and what they try."""

MOST_FOLDER_LENGTH = 70  # a socket's whole path may have 107 bytes

Answer = tuple[str, str, str]
"""Whether a probe was held, what was seen, and what was tried."""


def choose_tier(wanted: Tier | None = None) -> TierReport:
    """Return the strongest tier that holds here, or exactly the one wanted.

    What was found out is kept for the life of the process.

    Raises
    ------
    Unavailable
        ``no_sandbox``: none holds, or not the wanted one; the message says what failed.
    """
    checks = []
    for tier in ORDER if wanted is None else (wanted,):
        checks.append(examine(tier))
        if checks[-1].holds:
            for check in checks[:-1]:
                log.warning("learners' code is not shut in by the tier %s: %s", check.tier, check.reason)
            log.info("learners' code is shut in by the tier %s", tier)
            return TierReport(tier, tuple(checks))
    reasons = " ".join(f"{check.tier}: {check.reason}." for check in checks)
    raise Unavailable(
        "no_sandbox",
        f"Learners' code cannot be shut in here. {reasons} `trailbook doctor` says more.",
        tiers={check.tier.value: check.reason for check in checks},
    )


def examine_all() -> tuple[TierCheck, ...]:
    """Return what the probes say of every tier, the strongest first."""
    with ThreadPoolExecutor(len(ORDER)) as pool:
        return tuple(pool.map(examine, ORDER))


@functools.cache
def examine(tier: Tier) -> TierCheck:
    """Return what the probes say of a tier; they run once a process."""
    try:
        zygote = Zygote([], tier=tier, roles=("prober",), is_trial=True)
    except Unavailable as error:
        return TierCheck(tier, why_not=error.message)
    try:
        with closing(zygote):
            answers = _try_all(zygote)
    except (Unavailable, OSError, ValueError) as error:
        return TierCheck(tier, why_not=zygote.why_not() or str(error))
    probes = [
        Probe(name, held == "held", seen, tried, required=name not in OPTIONAL)
        for name, (held, seen, tried) in sorted(answers.items())
    ]
    return TierCheck(tier, tuple(probes))


def _try_all(zygote: Zygote) -> dict[str, Answer]:
    """Try everything: at the same time what does not disturb another, since most of it is waiting."""
    with ThreadPoolExecutor(1) as pool:
        memory = pool.submit(_ask, zygote, {"what": "memory", "bytes": 2 * Most.of(LIMITS).memory_bytes})
        answers = {**_everything(zygote), **memory.result()}
    # Without a namespace the system counts a user's processes, and so those of the other probes too.
    return {**answers, **_ask(zygote, {"what": "processes", "processes": 4 * Most.of(LIMITS).processes})}


def _everything(zygote: Zygote) -> dict[str, Answer]:
    # A thread of this process, not the process: that is number 1 in many containers, and so is a child in its own.
    with _things_to_try_on(zygote.native_id) as facts:
        answers = _ask(zygote, facts)
        for shared in ("/tmp", "/dev/shm"):  # noqa: S108 - the machine's, where the sandbox must not have written
            path = Path(shared, facts["name"])
            if path.exists():
                answers["writing_outside"] = ("failed", f"wrote {path}", answers["writing_outside"][2])
                path.unlink()
        secret = Path(facts["secret"]).stat()
        if secret.st_mode & 0o777 != SECRET_MODE or secret.st_mtime == 0:
            answers["modes_outside"] = ("failed", f"changed {facts['secret']}", answers["modes_outside"][2])
    return answers


def _ask(zygote: Zygote, facts: Mapping[str, Any]) -> dict[str, Answer]:
    """Have a child try something and return what it says; a child that was killed was held."""
    with closing(zygote.fork(["prober"], LIMITS)) as pair:
        control = pair.learner.control
        control.settimeout(ANSWER_SECONDS)
        with control.makefile("rw") as stream:
            stream.write(json.dumps(facts) + "\n")
            stream.flush()
            line = stream.readline()
        if not line:
            why, what = pair.learner.why_ended(), facts["what"]
            held = what in ENDS and why in ("memory", "processes", "timeout", "killed")
            seen = f"the sandbox ended: {why or 'it closed its socket'}"
            return {what: ("held" if held else "failed", seen, ENDS.get(what, "Try everything."))}
        return {name: (str(held), str(seen), str(tried)) for name, (held, seen, tried) in json.loads(line).items()}


@contextlib.contextmanager
def _things_to_try_on(pid: int) -> Iterator[dict[str, Any]]:
    """Put a file, servers and a lock on this machine, as there are others', and yield what a prober needs to know."""
    with contextlib.ExitStack() as stack:
        usual = tempfile.gettempdir()
        place = usual if len(usual) < MOST_FOLDER_LENGTH else "/tmp"  # noqa: S108  # a folder of our own in it
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trailbook-probe-", dir=place)))
        secret = folder / "secret"
        secret.write_text("the hidden tests")
        secret.chmod(SECRET_MODE)
        folder.chmod(0o755)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        name = f"trailbook-{secrets.token_hex(8)}"
        for address in (str(folder / "socket"), f"\0{name}"):
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen()
        (folder / "socket").chmod(0o666)
        locked = stack.enter_context((PROGRAMS / "prober.py").open())
        fcntl.flock(locked, fcntl.LOCK_SH)
        yield {
            "what": "everything",
            "secret": str(secret),
            "state": str(Path.cwd() / "trailbook.db"),
            "name": name,
            "port": tcp.getsockname()[1],
            "unix": str(folder / "socket"),
            "abstract": name,
            "pid": pid,
            "python": sys.prefix,
        }
