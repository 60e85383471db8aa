"""One process of a grading, and the two of them together, as the broker sees them."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trailbook.adapters.sandbox.cgroups import Group, make_group
from trailbook.adapters.sandbox.usage import usage_of
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Unavailable

log = logging.getLogger(__name__)

MIB = 1024 * 1024
OWN_MEMORY_MIB = 256  # what a child has of the zygote's before a learner's first line
OWN_PROCESSES = 16  # threads of libraries
SPARE_CPU_SECONDS = 60  # of one process, beside the wall clock's: threads that work at the same time
FORK_SECONDS = 20.0
END_SECONDS = 1.0
STATUS_SECONDS = 5.0  # for the zygote to say how a child ended: on a busy machine a while after it did


@dataclass(frozen=True)
class Most:
    """What a child may use, the zygote's share included.

    Attributes
    ----------
    cpu_seconds
        Of one process.
    """

    memory_bytes: int
    processes: int
    cpu_seconds: int

    @classmethod
    def of(cls, limits: GradingLimits) -> Most:
        """Return what a grading with these limits may use."""
        return cls(
            (limits.memory_mib + OWN_MEMORY_MIB) * MIB,
            limits.processes + OWN_PROCESSES,
            int(limits.total_timeout_seconds) + SPARE_CPU_SECONDS,
        )


class Child:
    """One process of a grading; see `Pair`.

    Attributes
    ----------
    control
        The broker's end of the child's control socket: a blocking stream. Whatever comes from a learner's is untrusted.
    """

    def __init__(self, role: str, control: socket.socket, most: Most) -> None:
        self.role = role
        self.control = control
        self._most = most
        self._pidfd = -1  # stands for the process
        self._keeper = -1  # for the one that ends when nothing of it is left: often the same
        self._has_keeper = False
        self._kills_before = kills_for_want_of_memory()
        self._killed = ""
        self._group: Group | None = make_group(most.memory_bytes, most.processes)
        self._changed = threading.Condition()
        self._isolated = False
        self._why_not = ""
        self._status: int | None = None
        self._cpu_seconds = 0.0

    def interrupt(self) -> None:
        """Interrupt the child's main thread, as Ctrl-C does; whoever does not want to stop goes on."""
        self._signal(signal.SIGINT)

    def kill(self, reason: str = "killed") -> None:
        """Kill the child and everything it started; `why_ended` gives the first reason."""
        self._strike(reason)
        if self._pidfd >= 0:
            self._wait_until_ended(END_SECONDS)

    def is_alive(self) -> bool:
        """Whether the child still runs."""
        return self._pidfd >= 0 and self._status is None and not self._wait(0)

    def why_ended(self) -> str:
        """Return ``""`` while it runs, else why it does no longer: memory, exit, killed or timeout.

        ``killed`` is SIGKILL, which a process with a process namespace of its own cannot send itself, or the end of
        the zygote.
        A child whose socket is closed is on its way out, and waited for; one that closed it and goes on runs.
        """
        if self.is_alive() and not (self._hung_up() and self._wait_until_ended(END_SECONDS)):
            return ""
        if self._killed:
            return self._killed
        if self._group is not None and self._group.ran_out_of_memory():
            return "memory"
        with self._changed:
            self._changed.wait_for(lambda: self._status is not None, STATUS_SECONDS)
            status = self._status
        if status is None:  # its zygote is gone too, and nobody else knows
            return "killed"
        if os.WIFSIGNALED(status):
            if self._cpu_seconds > self._most.cpu_seconds - 0.5:
                return "timeout"
            return "killed" if os.WTERMSIG(status) == signal.SIGKILL and not self._may_have_done_so() else "exit"
        return "exit"

    def _may_have_done_so(self) -> bool:
        """Whether a child that was killed may have killed itself: it has a keeper, and memory was not short."""
        return self._has_keeper and kills_for_want_of_memory() == self._kills_before

    def is_watched(self) -> bool:
        """Whether somebody must `look` now and then what it uses, since no control group of the system does."""
        return self._group is None and self._status is None

    def look(self) -> None:
        """Kill it when it uses more memory or processes than it may."""
        with self._changed:  # so that it is not tidied up meanwhile
            if not self._isolated or self._pidfd < 0 or not self.is_alive():
                return
            usage = usage_of(pid_of(self._keeper), self._most.memory_bytes)
            if usage.memory_bytes > self._most.memory_bytes:
                self._strike("memory")
            elif usage.processes > 2 * self._most.processes:
                self._strike("processes")

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

    def _wait_until_ended(self, seconds: float) -> bool:
        """Wait until nothing of the child runs, and say whether that came: its keeper may still be tidying up."""
        with self._changed:
            return self._changed.wait_for(lambda: self._status is not None, seconds) or self._wait(0)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    def _wait_until_isolated(self) -> None:
        with self._changed:
            known = self._changed.wait_for(
                lambda: (self._isolated and self._pidfd >= 0) or self._why_not or self._status is not None, FORK_SECONDS
            )
        if not self._isolated:
            has_ended = known and not self._why_not  # as all do when their zygote is closed
            why = self._why_not or ("it ended" if known else "it took too long")
            log.log(logging.INFO if has_ended else logging.ERROR, "a child was not shut in: %s", why)
            raise Unavailable("grading_failed", "The grading did not work: a sandbox failed. It will be tried again.")

    def _join_group(self) -> None:
        """Put it, while it waits for its first frame, into its control group."""
        if self._group is None:
            return
        try:
            self._group.add(pid_of(self._pidfd))
        except OSError as error:  # it was killed meanwhile, or the group is gone
            raise Unavailable(
                "grading_failed", "The grading did not work: a sandbox ended. It will be tried again."
            ) from error

    def _hear(self, event: str, message: Mapping[str, Any], pidfds: Sequence[int]) -> None:
        with self._changed:
            match event:
                case "forked":
                    self._pidfd, self._keeper = pidfds[0], pidfds[-1]
                    self._has_keeper = len(pidfds) > 1
                case "isolated":
                    self._isolated = True
                case "failed":
                    self._why_not = str(message["why"])
                case "ended" | "reaped" if self._status is None:
                    self._killed = self._killed or str(message.get("why", ""))
                    self._status = int(message["status"])
                    self._cpu_seconds = float(message["cpu_seconds"])
            self._changed.notify_all()

    def _end(self) -> None:
        """Wait until nothing of the child is left, and tidy up."""
        if self._pidfd >= 0:
            with self._changed:  # told when it is reaped: until then it can still be seen in the list of processes
                if not self._wait_until_ended(END_SECONDS):
                    log.error("a child of a grading does not end")
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


def kills_for_want_of_memory() -> int:
    """Return how many processes the system has killed for want of memory since it was started; 0 if it says nothing."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def pid_of(pidfd: int) -> int:
    """Return the number, as this process sees it, of the process a file stands for."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise ProcessLookupError(pidfd)
