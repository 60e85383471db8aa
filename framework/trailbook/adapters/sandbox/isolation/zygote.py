"""The broker's side of a zygote: starts it, asks it for children, and ends them."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import logging
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from trailbook.adapters.sandbox.bubblewrap import as_user
from trailbook.adapters.sandbox.isolation.children import END_SECONDS, Child, Most, Pair
from trailbook.adapters.sandbox.isolation.seccomp import filter_program
from trailbook.adapters.sandbox.isolation.tiers import Tier
from trailbook.adapters.sandbox.isolation.view import PROGRAMS, zygote_command, zygote_user
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Unavailable

log = logging.getLogger(__name__)

MIB = 1024 * 1024
SPARE_DATA_MIB = 1024  # address space is cheap: numpy reserves more than it uses
START_SECONDS = 60.0
LOOK_SECONDS = 0.05
WHY_CHARACTERS = 500
MESSAGE_BYTES = 65536
ROLES = ("learner", "tester")


class Zygote:
    """A process that has imported ``imports`` and forks children that are shut in; safe to use from several threads.

    It is started at once, and waited for at the first `fork`.

    Parameters
    ----------
    imports
        Names of packages; one that cannot be imported is told in the log, and is then missing in every child's cell
        that imports it.
    data
        Folders that children see read-only beside the notebook, by relative name.
    programs
        The folder with a module for each role.
    is_trial
        Whether it is started to see whether it can be, so that it is no error when it cannot.
    """

    def __init__(
        self,
        imports: Sequence[str],
        *,
        tier: Tier,
        data: Mapping[str, Path] | None = None,
        programs: Path = PROGRAMS,
        roles: Sequence[str] = ROLES,
        is_trial: bool = False,
    ) -> None:
        self.tier = tier
        self._level = logging.DEBUG if is_trial else logging.ERROR
        self._socket, self._other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._children: dict[int, Child] = {}
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._ready = False
        self._ended = False
        self._closing = False
        self._why_not = ""
        program = b"" if tier is Tier.NONE else filter_program(own_files=tier is not Tier.LANDLOCK)
        options = {"imports": list(imports), "roles": list(roles), "filter": base64.b64encode(program).decode()}
        # What bubblewrap starts dies with the thread that started it: this one, which lives as long as the zygote.
        self._thread = threading.Thread(
            target=self._run, args=(options, programs, dict(data or {})), name="trailbook-zygote", daemon=True
        )
        self._thread.start()

    def fork(self, roles: Sequence[str], limits: GradingLimits) -> Pair:
        """Return new children, shut in and waiting for their first frame.

        Parameters
        ----------
        roles
            ``("learner", "tester")`` or ``("learner",)``.

        Raises
        ------
        Unavailable
            ``grading_failed``: the zygote does not start, or the kernel refused to shut a child in.
        """
        self._wait_until_ready()
        links = socket.socketpair() if len(roles) > 1 else None
        children = []
        try:
            for index, role in enumerate(roles):
                children.append(self._ask(role, links[index] if links else None, limits))
            for child in children:
                child._wait_until_isolated()
                child._join_group()
        except BaseException:
            Pair(children[0], children[1] if len(children) > 1 else None).close() if children else None
            raise
        finally:
            for link in links or ():
                link.close()
        return Pair(children[0], children[1] if len(children) > 1 else None)

    def is_alive(self) -> bool:
        """Whether it can still fork."""
        return not self._ended

    @property
    def native_id(self) -> int:
        """The number, on this machine, of the thread that keeps it."""
        return self._thread.native_id or 0

    def why_not(self) -> str:
        """Return why it did not start, in one line for an operator; empty when it did, or may still."""
        return self._why_not

    def close(self) -> None:
        """End it and every child that is left."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _ask(self, role: str, link: socket.socket | None, limits: GradingLimits) -> Child:
        ours, theirs = socket.socketpair()
        most = Most.of(limits)
        child = Child(role, ours, most)
        number = next(self._numbers)
        self._children[number] = child
        request = {
            "id": number,
            "role": role,
            "tmp_bytes": max(64, limits.memory_mib // 2) * MIB,
            "limits": {
                "CPU": most.cpu_seconds,
                "NPROC": most.processes,
                "DATA": (limits.memory_mib + SPARE_DATA_MIB) * MIB,
            },
        }
        try:
            socket.send_fds(
                self._socket,
                [json.dumps(request).encode()],
                [theirs.fileno(), *([link.fileno()] if link is not None else [])],
            )
        except OSError as error:
            self._children.pop(number)
            child._end()
            raise Unavailable(
                "grading_failed", "The grading did not work: the sandbox is gone. It will be tried again."
            ) from error
        finally:
            theirs.close()
        return child

    def _wait_until_ready(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._ended, START_SECONDS)
        if not self._ready or self._ended:
            raise Unavailable(
                "grading_failed", "The grading did not work: its sandbox does not start. It will be tried again."
            )

    def _run(self, options: dict[str, Any], programs: Path, data: dict[str, Path]) -> None:
        """Start the program and hear what it says, until it ends."""
        with os.fdopen(os.memfd_create("complaints"), "w+b") as complaints:
            proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
            try:
                process = self._start(options, proc, complaints, programs=programs, data=data)
            except (OSError, Unavailable) as error:
                self._why_not = str(error)
            else:
                self._hear_all()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(END_SECONDS)  # it tidies up
                process.kill()
                process.wait()
                if not self._ready and not self._closing:
                    complaints.seek(0)
                    said = complaints.read().decode(errors="replace").strip().splitlines()
                    self._why_not = said[-1][:WHY_CHARACTERS] if said else f"it ended with status {process.returncode}"
            finally:
                os.close(proc)
                self._other_end.close()
        if self._why_not:
            log.log(self._level, "a zygote does not start: %s", self._why_not)
        self._socket.close()
        for child in list(self._children.values()):
            child._hear("ended", {"status": signal.SIGKILL, "cpu_seconds": 0, "why": "killed"}, ())
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _hear_all(self) -> None:
        """Hear the program until it ends, and look meanwhile what children use that nothing else keeps in bounds."""
        self._other_end.close()
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        while True:
            watched = [child for child in list(self._children.values()) if child.is_watched()]
            for child in watched:
                child.look()
            if not poll.poll(LOOK_SECONDS * 1000 if watched else None):
                continue
            try:
                message, fds, _, _ = socket.recv_fds(self._socket, MESSAGE_BYTES, 2)
            except ConnectionResetError:  # it was killed before it had read everything
                return
            if not message:
                return
            self._hear(json.loads(message), fds)

    def _start(
        self,
        options: dict[str, Any],
        proc: int,
        complaints: IO[bytes],
        *,
        programs: Path,
        data: dict[str, Path],
    ) -> subprocess.Popen[bytes]:
        theirs = self._other_end.fileno()
        argv, environment = zygote_command(
            {**options, "socket": theirs, "proc": proc}, tier=self.tier, programs=programs, data=data
        )
        return subprocess.Popen(  # noqa: S603 - our own command line
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            pass_fds=(theirs, proc),
            env=environment,
            cwd="/",
            start_new_session=True,
            **as_user(zygote_user(self.tier, programs, data.values())),
        )

    def _hear(self, message: dict[str, Any], fds: list[int]) -> None:
        event = message["event"]
        if event == "ready":
            for package, why in message["failed"].items():
                log.warning("gradings will not find the package %s: %s", package, why)
            with self._changed:
                self._ready = True
                self._changed.notify_all()
            return
        child = self._children[message["id"]]
        child._hear(event, message, fds)
        if event == "reaped":  # the last that is heard of it
            del self._children[message["id"]]
