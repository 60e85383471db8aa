"""Forks the processes that cells run in, from one that has imported what they need and knows nothing else.

A program of the sandbox. It is started with one socket to the broker; on it come requests to fork, each with the
child's own sockets, and on it go answers and news of children. Messages are JSON, one a packet::

    ← {"event": "ready", "failed": {package: why}, "threads": n}
    → {"id": n, "role": "learner"|"tester", "limits": {…}, "tmp_bytes": n}      with the sockets control[, link]
    ← {"id": n, "event": "forked"}      with a file that stands for the process, and one for its keeper where it has one
    ← {"id": n, "event": "isolated"}            written by the child: from here on it may run what it must not trust
    ← {"id": n, "event": "failed", "why": "…"}  instead
    ← {"id": n, "event": "ended", "status": wait status, "cpu_seconds": s, "why": "memory"|""}   written by its keeper
    ← {"id": n, "event": "reaped", "status": wait status, "cpu_seconds": s}     of the process forked: the last of it

It ends, and with it everything it forked, when the broker closes the socket.
"""

from __future__ import annotations

import array
import base64
import contextlib
import gc
import importlib
import json
import os
import select
import socket
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # Python's -I leaves it out

import child  # type: ignore[import-not-found]  # beside this file, not in the package
import isolate  # type: ignore[import-not-found]  # beside this file, not in the package
import landlock  # type: ignore[import-not-found]  # so too
import patience  # type: ignore[import-not-found]  # so too
import pipe_locks  # type: ignore[import-not-found]  # so too

MESSAGE_BYTES = 65536
MOST_FDS = 4


def main() -> None:
    """Import, say so, and fork on request until the broker is gone."""
    options = json.loads(sys.argv[1])
    broker = socket.socket(fileno=options["socket"])
    broker.set_inheritable(False)
    os.set_inheritable(options["proc"], False)
    sys.argv = [""]
    failed = import_all(options["imports"])
    if options["filter"]:
        (pipe_locks if options["landlock"] else patience).install()
    own = sys.path.pop(0)
    sys.path[:0] = [options["programs"], own]
    entries = {role: importlib.import_module(role).main for role in options["roles"]}
    sys.path[:] = [*sys.path[2:], *sys.path[:2]]  # last: no name of ours hides one of a course's
    zygote = Zygote(broker, options, entries)
    gc.collect()
    gc.freeze()  # the collector must not write into pages the children share
    os.dup2(1, 2)  # the broker hears complaints until here; no child is given a way to it
    broker.send(json.dumps({"event": "ready", "failed": failed, "threads": threading.active_count()}).encode())
    zygote.serve()
    zygote.end()


def import_all(names: list[str]) -> dict[str, str]:
    """Import packages; return what could not be, with its reason: a package no cell needs is no reason to fail."""
    failed = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - said to the broker
            failed[name] = f"{type(error).__name__}: {error}"[:500]
    return failed


class Zygote:
    """The loop that forks and reaps. One thread: a fork of a process with several may hang."""

    def __init__(self, broker: socket.socket, options: dict[str, Any], entries: dict[str, Any]) -> None:
        self.broker = broker
        self.plan = child.Plan(
            tier=options["tier"],
            entries=entries,
            program=base64.b64decode(options["filter"]),
            proc=options["proc"],
            data=options["data"],
            kept=options["kept"],
            landlock=options["landlock"],
            rules=-1,
            users=options["users"],
            scratch=options["scratch"],
            alive=os.pipe(),
        )
        if not self.plan.boxed:
            self.plan = replace(self.plan, **own_scratch(options))
        self.pid_namespace = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=options["proc"])
        self.children: dict[int, tuple[int, int]] = {}  # file that stands for the process → (request's number, process)

    def serve(self) -> None:
        """Answer requests until the broker closes the socket."""
        poll = select.poll()
        poll.register(self.broker, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd != self.broker.fileno():
                    poll.unregister(fd)
                    self.reap(fd)
                    continue
                message, fds = receive(self.broker)
                if not message:
                    return
                request = json.loads(message)
                try:
                    poll.register(self.fork(request, fds), select.POLLIN)
                except OSError as error:  # no memory or no process left: for now
                    send(self.broker, {"id": request["id"], "event": "failed", "why": str(error)})
                    send(self.broker, {"id": request["id"], "event": "reaped", "status": 1 << 8, "cpu_seconds": 0})
                finally:
                    for each in fds:
                        os.close(each)

    def end(self) -> None:
        """Wait, where no namespace ends with this process, until the keepers have ended their children; tidy up."""
        if not self.plan.boxed:
            os.close(self.plan.alive[1])
            for _, pid in self.children.values():
                os.waitpid(pid, 0)
            Path(self.plan.scratch).rmdir()

    def fork(self, request: dict[str, Any], fds: list[int]) -> int:
        """Fork a child for a request and return the file that stands for it."""
        if self.plan.boxed:
            # From the own namespace: the child of the last request's would be nested in it.
            isolate.set_namespace(self.pid_namespace, isolate.CLONE_NEWPID)
            isolate.unshare(isolate.CLONE_NEWPID)
        pid = os.fork()
        if not pid:
            child.become(self.plan, request, fds, Sender(self.broker, request["id"]))
        pidfd = os.pidfd_open(pid)
        self.children[pidfd] = (request["id"], pid)
        if self.plan.boxed:
            Sender(self.broker, request["id"]).send("forked", [pidfd])
        return pidfd

    def reap(self, pidfd: int) -> None:
        """Tell the broker how a child ended; where it has a keeper, that has done so already."""
        number, pid = self.children.pop(pidfd)
        _, status, usage = os.wait4(pid, 0)
        os.close(pidfd)
        cpu = usage.ru_utime + usage.ru_stime
        Sender(self.broker, number).send("reaped", status=status, cpu_seconds=cpu)


def own_scratch(options: dict[str, Any]) -> dict[str, Any]:
    """Make a folder for the children's, and the rules that are the same for all of them."""
    scratch = tempfile.mkdtemp(prefix="trailbook-", dir=options["scratch"])
    Path(scratch).chmod(0o711)  # children may be other users
    rules = landlock.make_rules(**options["many_rules"], own=scratch) if options["landlock"] else -1
    return {"scratch": scratch, "rules": rules}


class Sender:
    """Where news of one child go."""

    def __init__(self, broker: socket.socket, number: int) -> None:
        self.broker = broker
        self.number = number

    def send(self, event: str, fds: Sequence[int] = (), **content: object) -> None:
        """Tell the broker."""
        send(self.broker, {"id": self.number, "event": event, **content}, fds)


def receive(sock: socket.socket) -> tuple[bytes, list[int]]:
    """Return one packet and the files that came with it; no bytes when the other side is gone."""
    with contextlib.suppress(ConnectionResetError):
        message, fds, _, _ = socket.recv_fds(sock, MESSAGE_BYTES, MOST_FDS, socket.MSG_CMSG_CLOEXEC)
        return message, fds
    return b"", []


def send(sock: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """Send one packet, with files."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    with contextlib.suppress(BrokenPipeError):  # nobody is left to hear it: the next read ends the loop
        sock.sendmsg([json.dumps(message).encode()], rights)


if __name__ == "__main__":
    main()
