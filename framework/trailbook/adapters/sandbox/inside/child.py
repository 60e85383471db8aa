"""What becomes of a forked process: it is shut in as its tier says, and runs its role's program.

A program of the sandbox. Where there is no process namespace, the process forked is a *keeper*: it forks the child,
waits for it, and ends whatever that leaves behind.
"""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol

import isolate  # type: ignore[import-not-found]  # beside this file, not in the package
import keeper  # type: ignore[import-not-found]  # so too
import landlock  # type: ignore[import-not-found]  # so too

BOXED = ("namespaces", "pod")
PLACES = ("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR")
"""Variables whose values lie in the home folder."""


class Sender(Protocol):
    """Where news of one child go."""

    broker: socket.socket

    def send(self, event: str, fds: Sequence[int] = (), **content: object) -> None: ...


@dataclass(frozen=True)
class Plan:
    """What is the same for every child of a zygote.

    Attributes
    ----------
    entries
        Each role's program.
    program
        The seccomp filter.
    proc
        An open ``/proc`` that can be written.
    data
        Folders to read, by the name they have beside the notebook.
    kept
        Folders in ``/tmp`` that children see.
    users
        Whether another user could read what children need.
    landlock
        What a child without namespaces may read and use, in few rules.
    rules
        The same in many, without what is hidden in it and with ``scratch``; Landlock's file that stands for them, -1
        where there is none. A child binds itself to both: so it has what is in both, and few are to be made for it.
    scratch
        Where a child without namespaces gets its home folder.
    alive
        A pipe; its writing end is the zygote's alone.
    """

    tier: str
    entries: Mapping[str, Callable[[socket.socket, socket.socket | None], None]]
    program: bytes
    proc: int
    data: Mapping[str, str]
    kept: Sequence[str]
    landlock: Mapping[str, Sequence[str]] | None
    rules: int
    users: bool
    scratch: str
    alive: tuple[int, int]

    @property
    def boxed(self) -> bool:
        """Whether each child has namespaces of its own."""
        return self.tier in BOXED


def become(plan: Plan, request: dict[str, Any], fds: list[int], sender: Sender) -> NoReturn:
    """Be the child a request asks for, or its keeper; never returns."""
    try:
        if plan.boxed:
            run(plan, request, fds, sender, home=Path(isolate.HOME), user=0)
        else:
            be_keeper(plan, request, fds, sender)
    finally:
        os._exit(1)


def be_keeper(plan: Plan, request: dict[str, Any], fds: list[int], sender: Sender) -> NoReturn:
    """Fork the child and end what it leaves behind."""
    home = None
    try:
        os.setsid()
        isolate.close_all_but([*fds, sender.broker.fileno(), plan.proc, plan.alive[0], plan.rules])
        keeper.adopt_orphans()
        user = keeper.spare_uid(os.getpid()) if plan.users and plan.tier != "none" else 0
        if not user:  # the limit counts all of this user's, here and elsewhere
            request["limits"]["NPROC"] += keeper.own_tasks()
        home = Path(tempfile.mkdtemp(prefix="trailbook-", dir=plan.scratch))
        if user:
            os.chown(home, user, user)
        pid = os.fork()
        if not pid:
            run(plan, request, fds, sender, home=home, user=user)
        for fd in fds:
            os.close(fd)
        ended = keeper.keep(
            pid,
            uid=user,
            folder=home,
            most_bytes=request["tmp_bytes"],
            zygote=plan.alive[0],
            started=lambda pidfd: sender.send("forked", [pidfd, os.pidfd_open(os.getpid())]),
        )
        sender.send("ended", status=ended.status, cpu_seconds=ended.cpu_seconds, why=ended.why)
        keeper.remove(home)
        os._exit(0)
    except BaseException as error:
        if home is not None:
            keeper.remove(home)
        sender.send("failed", why=f"{type(error).__name__}: {error}")
        raise


def run(plan: Plan, request: dict[str, Any], fds: list[int], sender: Sender, *, home: Path, user: int) -> NoReturn:
    """Shut this process in and run the role's program in it."""
    status = 1
    try:
        sockets = shut_in(plan, request, fds, sender, home=home, user=user)
        plan.entries[request["role"]](sockets[0], sockets[1] if len(sockets) > 1 else None)
        status = 0
    finally:
        os._exit(status)


def shut_in(
    plan: Plan, request: dict[str, Any], fds: list[int], sender: Sender, *, home: Path, user: int
) -> list[socket.socket]:
    """Return the child's sockets when it is shut in; end it with a word to the broker when that fails."""
    try:
        if os.getpid() != 1:
            os.setpgid(0, 0)
        isolate.die_with_parent()
        isolate.close_all_but([*fds, sender.broker.fileno(), plan.proc, plan.rules])
        os.umask(0o022)
        if plan.boxed:
            os.setsid()
            isolate.enter_namespaces(
                plan.proc, tmp_bytes=request["tmp_bytes"], own_proc=plan.tier == "namespaces", kept=plan.kept
            )
        else:
            for name in PLACES:
                os.environ[name] = str(home / Path(os.environ[name]).relative_to(isolate.HOME))
            tempfile.tempdir = None
        os.close(plan.proc)
        isolate.set_limits(request["limits"])
        if plan.tier != "none":
            isolate.drop_privileges(user=user)
        prepare(home / isolate.WORK, plan.data)
        if plan.landlock is not None:
            landlock.restrict(plan.rules)
            rules = landlock.make_rules(**plan.landlock, own=str(home))
            landlock.restrict(rules)
            os.close(rules)
            os.close(plan.rules)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sockets = [socket.socket(fileno=fd) for fd in fds]
        isolate.die_with_parent()
        isolate.filter_calls(plan.program, dumpable=request["role"] == "learner")
    except BaseException as error:
        sender.send("failed", why=f"{type(error).__name__}: {error}")
        raise
    sender.send("isolated")
    sender.broker.close()
    return sockets


def prepare(folder: Path, data: Mapping[str, str]) -> None:
    """Make the folder the notebook runs in, and go there."""
    folder.mkdir()
    for name, source in data.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(source)
    os.chdir(folder)
