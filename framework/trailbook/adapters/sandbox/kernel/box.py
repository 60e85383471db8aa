"""One box: a sandbox with a runner and a kernel in it, that takes one job and dies.

The caller's thread reads the runner's frames, and between two reads looks at the clock and at what the box uses.
Everything that comes out of the box is untrusted: its size is capped, its shape is checked.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from trailbook.adapters.sandbox import bubblewrap
from trailbook.adapters.sandbox.cgroups import Group, make_group
from trailbook.adapters.sandbox.stopped import Stopped, failed
from trailbook.adapters.sandbox.usage import tree_of, usage_of
from trailbook.domain.course import GradingLimits

log = logging.getLogger(__name__)

PROGRAMS = Path(__file__).parents[1] / "inside"
PROGRAMS_INSIDE = Path("/opt/trailbook")
HOME_INSIDE = Path("/tmp")  # noqa: S108 - the box's own
MIB = 1024 * 1024
OWN_PROCESSES = 32  # threads and processes of the runner, the kernel and bubblewrap themselves
OWN_MEMORY_MIB = 256  # what runner and kernel need before the learner's first line
SPARE_DATA_MIB = 1024  # address space is cheap: numpy reserves more than it uses
FILE_MIB = 64
START_SECONDS = 60
SPARE_CPU_SECONDS = 60  # of one process, beside the wall clock's: starting, and threads that work at the same time
LOOK_SECONDS = 0.1
FRAME_OVERHEAD = 1_000_000  # bytes of frames beside the outputs they carry
SCALE = 4  # JSON in JSON can be this much longer than the text in it


class Box:
    """A started box. Start, `wait_until_ready`, `run` once, `close`.

    Parameters
    ----------
    insecure
        Start the runner without a sandbox.
    """

    def __init__(self, limits: GradingLimits, *, kernel: str, insecure: bool) -> None:
        self.limits = limits
        self.kernel = kernel
        self.insecure = insecure
        self.folder = Path(tempfile.mkdtemp(prefix="trailbook-")) if insecure else None
        self.group: Group | None = make_group(self._memory_bytes, limits.processes + OWN_PROCESSES)
        # Pipes of their own, not standard input and output: those stay open in the box's first process, bubblewrap's,
        # where learner code could reach them.
        job_in, jobs = os.pipe()
        frames, frames_out = os.pipe()
        self._jobs: BinaryIO = os.fdopen(jobs, "wb")
        self._frames_pipe: BinaryIO = os.fdopen(frames, "rb", buffering=0)
        try:
            self.process = self._start(job_in, frames_out)
        except BaseException as error:
            self._jobs.close()
            self._frames_pipe.close()
            if self.group is not None:
                self.group.remove()
            if isinstance(error, OSError):  # no memory, no process, no file left on this machine
                raise failed(f"the sandbox could not be started ({error.strerror})") from error
            raise
        finally:
            os.close(job_in)
            os.close(frames_out)
        self._buffer = b""
        self._read_bytes = 0
        self._ready = False

    def run(self, job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Run one job and yield the frames of its cells.

        Raises
        ------
        Stopped
            The job used more than it may; frames before it are good.
        Unavailable
            ``grading_failed``: the box failed, not the notebook.
        """
        self.wait_until_ready()
        deadline = time.monotonic() + self.limits.total_timeout_seconds
        try:
            self._jobs.write(json.dumps(job).encode() + b"\n")
            self._jobs.close()
        except OSError as error:
            raise failed("the sandbox closed its input") from error
        for frame in self._frames(deadline, self.limits.max_output_bytes * SCALE + FRAME_OVERHEAD):
            match frame:
                case {"type": "cell"}:
                    yield frame
                case {"type": "end", "reason": "killed"}:
                    if self.group is not None and self.group.ran_out_of_memory():
                        raise Stopped("memory")
                    raise failed("the kernel was killed")
                case {"type": "end", "reason": str(reason)}:
                    if reason:
                        raise Stopped(reason if reason in ("timeout", "output", "exit") else "protocol")
                    return
                case {"type": "fault"}:
                    raise failed("the runner failed")
                case _:
                    raise Stopped("protocol")
        if self.group is not None and self.group.ran_out_of_memory():
            raise Stopped("memory")
        raise failed("the sandbox ended before its job did")

    def wait_until_ready(self) -> None:
        """Wait for the kernel; raises `Unavailable` when it does not come."""
        if self._ready:
            return
        try:
            frame = next(self._frames(time.monotonic() + START_SECONDS, FRAME_OVERHEAD), None)
        except Stopped as stopped:
            raise failed(f"the kernel did not start ({stopped.reason})") from stopped
        if frame == {"type": "no_kernel"}:
            raise failed(f"the kernel {self.kernel} is not installed here; install it where answers are graded")
        if frame != {"type": "ready"}:
            log.warning("the runner said: %.500s", frame)
            raise failed("the kernel did not start")
        self._ready = True

    def is_alive(self) -> bool:
        """Whether the box still runs."""
        return self.process.poll() is None

    def close(self) -> None:
        """Kill everything in the box and tidy up; safe to repeat."""
        # Without a sandbox there is no process namespace that dies as one: the kernel has a session of its own.
        tree = tree_of(self.process.pid) if self.insecure and self.is_alive() else []
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for pid in tree:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self._jobs, self._frames_pipe):
            with contextlib.suppress(OSError):
                pipe.close()
        if self.group is not None:
            self.group.remove()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _memory_bytes(self) -> int:
        return (self.limits.memory_mib + OWN_MEMORY_MIB) * MIB

    def _start(self, job_in: int, frames_out: int) -> subprocess.Popen[bytes]:
        home = self.folder or HOME_INSIDE
        programs = PROGRAMS if self.insecure else PROGRAMS_INSIDE
        options = {
            "programs": str(programs),
            "kernel": self.kernel,
            "job_in": job_in,
            "frames_out": frames_out,
            "home": str(home),
            "folder": str(home / "work"),
            "file_bytes": FILE_MIB * MIB,
            "data_bytes": (self.limits.memory_mib + SPARE_DATA_MIB) * MIB,
            "cpu_seconds": int(self.limits.total_timeout_seconds) + SPARE_CPU_SECONDS,
            # Outside a user namespace it would count every process of this user.
            "processes": None if self.insecure else self.limits.processes + OWN_PROCESSES,
        }
        argv = [sys.executable, "-I", str(programs / "runner.py"), json.dumps(options)]
        environment = _environment(home)
        if not self.insecure:
            argv = bubblewrap.command(
                argv,
                read_only=[(PROGRAMS, PROGRAMS_INSIDE)],
                hidden=_solution_folders(),
                environment=environment,
                tmp_mib=max(64, self.limits.memory_mib // 2),
                own_proc=bubblewrap.may_mount_proc(),
            )
        if self.group is not None:  # the shell joins the group, then becomes the box: nothing starts outside it
            join = "".join(f'echo 0 > "{file}" && ' for file in self.group.join_files())
            argv = ["/bin/sh", "-c", f'{join}exec "$@"', "sh", *argv]
        return subprocess.Popen(  # noqa: S603 - our own command line
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(job_in, frames_out),
            env=environment,
            cwd=self.folder or "/",
            start_new_session=True,
        )

    def _frames(self, deadline: float, most_bytes: int) -> Iterator[dict[str, Any]]:
        """Yield frames until the runner closes its output, the deadline passes, or the box uses too much."""
        pipe = self._frames_pipe
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            look_again = time.monotonic() + LOOK_SECONDS
            while True:
                head, newline, rest = self._buffer.partition(b"\n")
                if newline:
                    self._buffer = rest
                    yield _parse(head)
                    continue
                now = time.monotonic()
                if now >= deadline:
                    raise Stopped("timeout")
                if now >= look_again:
                    self._look()
                    look_again = now + LOOK_SECONDS
                if not selector.select(min(LOOK_SECONDS, deadline - now)):
                    continue
                chunk = os.read(pipe.fileno(), 65536)
                if not chunk:
                    return
                self._read_bytes += len(chunk)
                if self._read_bytes > most_bytes:
                    raise Stopped("output")
                self._buffer += chunk

    def _look(self) -> None:
        """Stop a box that uses too much; with a control group the system has mostly done so before."""
        usage = usage_of(self.process.pid, self._memory_bytes)
        if usage.memory_bytes > self._memory_bytes:
            raise Stopped("memory")
        if usage.processes > 2 * (self.limits.processes + OWN_PROCESSES):
            raise Stopped("processes")


@functools.cache
def _solution_folders() -> tuple[Path, ...]:
    """Return the folders of the Python environment with courses and their solutions in them: ours and nbgrader's."""
    found = [Path(sys.prefix) / "share" / "trailbook" / "course_templates"]
    spec = importlib.util.find_spec("nbgrader")
    found += [Path(place) / "docs" for place in (spec.submodule_search_locations or [])] if spec else []
    return tuple(found)


def _environment(home: Path) -> dict[str, str]:
    """Return all of the kernel's environment."""
    return {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "learner",
        "TMPDIR": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_RUNTIME_DIR": str(home / ".runtime"),
        "MPLCONFIGDIR": str(home / ".matplotlib"),
        "NBGRADER_EXECUTION": "autograde",  # as nbgrader sets it: notebooks ask for it
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _parse(line: bytes) -> dict[str, Any]:
    try:
        frame = json.loads(line)
    except (ValueError, RecursionError):
        raise Stopped("protocol") from None
    if not isinstance(frame, dict):
        raise Stopped("protocol")
    return frame
