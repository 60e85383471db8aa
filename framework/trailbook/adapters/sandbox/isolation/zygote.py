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
from typing import Any

from trailbook.adapters.sandbox.cgroups import Group, make_group
from trailbook.adapters.sandbox.isolation.seccomp import filter_program
from trailbook.adapters.sandbox.isolation.tiers import Tier
from trailbook.adapters.sandbox.isolation.view import PROGRAMS, zygote_command
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Unavailable

log = logging.getLogger(__name__)

MIB = 1024 * 1024
OWN_MEMORY_MIB = 256  # what a child has of the zygote's before a learner's first line
OWN_PROCESSES = 16  # threads of libraries
SPARE_DATA_MIB = 1024  # address space is cheap: numpy reserves more than it uses
SPARE_CPU_SECONDS = 60  # of one process, beside the wall clock's: threads that work at the same time
START_SECONDS = 60.0
FORK_SECONDS = 20.0
END_SECONDS = 1.0
MESSAGE_BYTES = 65536
ROLES = ("learner", "tester")


class Child:
    """One process of a grading; see `Pair`.

    Attributes
    ----------
    control
        The broker's end of the child's control socket: a blocking stream. Whatever comes from a learner's is untrusted.
    """

    def __init__(self, role: str, control: socket.socket, *, most_cpu_seconds: int) -> None:
        self.role = role
        self.control = control
        self._pidfd = -1  # stands for the process
        self._keeper = -1  # for the one that ends when nothing of it is left: often the same
        self._killed = ""
        self._group: Group | None = None
        self._changed = threading.Condition()
        self._isolated = False
        self._why_not = ""
        self._status: int | None = None
        self._cpu_seconds = 0.0
        self._most_cpu_seconds = most_cpu_seconds

    def interrupt(self) -> None:
        """Interrupt the child's main thread, as Ctrl-C does; whoever does not want to stop goes on."""
        self._signal(signal.SIGINT)

    def kill(self, reason: str = "killed") -> None:
        """Kill the child and everything it started; `why_ended` gives the first reason."""
        self._strike(reason)
        if self._pidfd >= 0:
            self._wait(END_SECONDS)

    def is_alive(self) -> bool:
        """Whether the child still runs."""
        return self._pidfd >= 0 and not self._wait(0)

    def why_ended(self) -> str:
        """Return ``""`` while it runs, else why it does no longer: memory, exit, killed or timeout.

        A child whose socket is closed is on its way out, and waited for; one that closed it and goes on runs.
        """
        if self.is_alive() and not (self._hung_up() and self._wait(END_SECONDS)):
            return ""
        if self._killed:
            return self._killed
        if self._group is not None and self._group.ran_out_of_memory():
            return "memory"
        with self._changed:
            self._changed.wait_for(lambda: self._status is not None, END_SECONDS)
            status = self._status or 0
        if os.WIFSIGNALED(status):
            return "timeout" if self._cpu_seconds > self._most_cpu_seconds - 0.5 else "killed"
        return "exit"

    def _strike(self, reason: str) -> None:
        if self.is_alive():
            self._killed = self._killed or reason
            self._signal(signal.SIGKILL)

    def _hung_up(self) -> bool:
        try:
            return not self.control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _wait(self, seconds: float) -> bool:
        """Wait for the child's end and say whether it came."""
        poll = select.poll()  # select() takes no file above number 1023
        poll.register(self._keeper, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    def _wait_until_isolated(self) -> None:
        with self._changed:
            known = self._changed.wait_for(
                lambda: (self._isolated and self._pidfd >= 0) or self._why_not or self._status is not None, FORK_SECONDS
            )
        if not self._isolated:
            log.error("a child was not shut in: %s", self._why_not or ("it ended" if known else "it took too long"))
            raise Unavailable("grading_failed", "The grading did not work: a sandbox failed. It will be tried again.")

    def _hear(self, event: str, message: Mapping[str, Any], pidfds: Sequence[int]) -> None:
        with self._changed:
            match event:
                case "forked":
                    self._pidfd, self._keeper = pidfds[0], pidfds[-1]
                case "isolated":
                    self._isolated = True
                case "failed":
                    self._why_not = str(message["why"])
                case "ended" if self._status is None:
                    self._status = int(message["status"])
                    self._cpu_seconds = float(message["cpu_seconds"])
            self._changed.notify_all()

    def _end(self) -> None:
        """Wait until nothing of the child is left, and tidy up."""
        if self._pidfd >= 0:
            if not self._wait(END_SECONDS):
                log.error("a child of a grading does not end")
            with self._changed:  # until it is reaped it can still be seen in the list of processes
                self._changed.wait_for(lambda: self._status is not None, END_SECONDS)
            for fd in {self._pidfd, self._keeper}:
                os.close(fd)
            self._pidfd = self._keeper = -1
        if self._group is not None:
            self._group.remove()
            self._group = None
        self.control.close()


class Pair:
    """The processes of one grading: a learner's and, where asked for, a tester's, joined by a socket of their own."""

    def __init__(self, learner: Child, tester: Child | None) -> None:
        self.learner = learner
        self.tester = tester
        self._closed = False
        self._closing = threading.Lock()

    def close(self) -> None:
        """Kill both and everything in them; return when nothing is left. Safe to repeat."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            children = [child for child in (self.learner, self.tester) if child is not None]
            for child in children:
                child._strike("killed")
            for child in children:
                child._end()


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
    """

    def __init__(
        self,
        imports: Sequence[str],
        *,
        tier: Tier,
        data: Mapping[str, Path] | None = None,
        programs: Path = PROGRAMS,
        roles: Sequence[str] = ROLES,
    ) -> None:
        self.tier = tier
        self._socket, self._other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._children: dict[int, Child] = {}
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._ready = False
        self._ended = False
        self._why_not = ""
        program = b"" if tier is Tier.NONE else filter_program(own_kernel=False)
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
                self._limit(child, limits)
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

    def close(self) -> None:
        """End it and every child that is left."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _ask(self, role: str, link: socket.socket | None, limits: GradingLimits) -> Child:
        ours, theirs = socket.socketpair()
        cpu_seconds = int(limits.total_timeout_seconds) + SPARE_CPU_SECONDS
        child = Child(role, ours, most_cpu_seconds=cpu_seconds)
        number = next(self._numbers)
        self._children[number] = child
        request = {
            "id": number,
            "role": role,
            "tmp_bytes": max(64, limits.memory_mib // 2) * MIB,
            "limits": {
                "CPU": cpu_seconds,
                "NPROC": limits.processes + OWN_PROCESSES,
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
            ours.close()
            raise Unavailable(
                "grading_failed", "The grading did not work: the sandbox is gone. It will be tried again."
            ) from error
        finally:
            theirs.close()
        return child

    def _limit(self, child: Child, limits: GradingLimits) -> None:
        """Put a child, which waits for its first frame, into a control group where one can be made."""
        child._group = make_group((limits.memory_mib + OWN_MEMORY_MIB) * MIB, limits.processes + OWN_PROCESSES)
        if child._group is not None:
            child._group.add(pid_of(child._pidfd))

    def _wait_until_ready(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._ended, START_SECONDS)
        if not self._ready or self._ended:
            raise Unavailable(
                "grading_failed", "The grading did not work: its sandbox does not start. It will be tried again."
            )

    def _run(self, options: dict[str, Any], programs: Path, data: dict[str, Path]) -> None:
        """Start the program and hear what it says, until it ends."""
        proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
        try:
            process = self._start(options, proc, programs=programs, data=data)
        except (OSError, Unavailable) as error:
            log.error("a zygote cannot be started: %s", error)
            process = None
        finally:
            os.close(proc)
            self._other_end.close()
        while process is not None:
            message, fds, _, _ = socket.recv_fds(self._socket, MESSAGE_BYTES, 2)
            if not message:
                break
            self._hear(json.loads(message), fds)
        if process is not None:
            process.kill()
            process.wait()
        self._socket.close()
        for child in list(self._children.values()):
            child._hear("ended", {"status": signal.SIGKILL, "cpu_seconds": 0}, ())
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _start(
        self, options: dict[str, Any], proc: int, *, programs: Path, data: dict[str, Path]
    ) -> subprocess.Popen[bytes]:
        theirs = self._other_end.fileno()
        argv, environment = zygote_command(
            {**options, "socket": theirs, "proc": proc}, tier=self.tier, programs=programs, data=data
        )
        return subprocess.Popen(  # noqa: S603 - our own command line
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs, proc),
            env=environment,
            cwd="/",
            start_new_session=True,
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


def pid_of(pidfd: int) -> int:
    """Return the number, as this process sees it, of the process a file stands for."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise ProcessLookupError(pidfd)
