"""A demo hub, started as `make demo` starts it, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from trailbook_hub.demo.checks import free_ports

_FAULT = re.compile(r"Traceback \(most recent|(WARNING|ERROR|CRITICAL) trailbook|\[[WEC] .{24} [Tt]railbook")


@dataclass(frozen=True)
class Demo:
    """A demo that runs.

    Attributes
    ----------
    asked_for
        Parts of log lines that a test brought about, and so are no faults.
    """

    url: str
    port: int
    state: Path
    process: subprocess.Popen[bytes]
    asked_for: list[str] = field(default_factory=list)

    @property
    def passwords(self) -> dict[str, str]:
        """Each person's password, by name."""
        lines = (self.state / "sign-ins.txt").read_text("utf-8").splitlines()
        return {name: password for _, name, password in (line.split() for line in lines)}

    def course(self, name: str) -> Path:
        """Return a course folder."""
        return self.state / "courses" / name

    def processes(self) -> list[psutil.Process]:
        """Return every process of the demo."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def course_service(self) -> psutil.Process:
        """Return the process of the course service."""
        living = [each for each in self.processes() if each.status() != psutil.STATUS_ZOMBIE]
        (found,) = [each for each in living if "trailbook_service" in each.cmdline()]
        return found

    def listening_ports(self) -> set[int]:
        """Return every TCP port a process of the demo listens on, but for ipykernel's own.

        With any transport ipykernel has one port more, a ZeroMQ PULL socket for the output of forked children: it never
        sends, and drops what does not begin with an id only the kernel's own processes know.
        """
        found: set[int] = set()
        for process in self.processes():
            try:
                if "ipykernel_launcher" in process.cmdline():
                    continue
                connections = process.net_connections("tcp")
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
            found |= {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}
        return found

    def log_lines(self) -> list[str]:
        """Return the lines of every log of the demo."""
        logs = sorted((self.state / "logs").glob("*.log"))
        return [f"{log.name}: {line}" for log in logs for line in log.read_text("utf-8", "replace").splitlines()]

    def faults(self) -> list[str]:
        """Return the lines of the logs that must not be there: tracebacks, and warnings and errors of ours."""
        found = [line for line in self.log_lines() if _FAULT.search(line)]
        return [line for line in found if not any(part in line for part in self.asked_for)]

    def stop(self, sig: int = signal.SIGINT) -> int:
        """Stop the demo as Ctrl-C does and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        return self.process.wait(60)


@contextmanager
def running_demo(state: Path, *options: str) -> Iterator[Demo]:
    """Start a demo and stop it at the end."""
    (port,) = free_ports(1)
    argv = [str(Path(sys.executable).with_name("trailbook")), "demo", "--state", str(state), "--port", str(port)]
    with (state.parent / f"{state.name}.err").open("wb") as errors:
        process = subprocess.Popen(
            [*argv, "--json", *options], stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL
        )
    try:
        told = _read_json(process, Path(errors.name))
        assert "url" in told, told["message"]
        yield Demo(url=told["url"].rstrip("/"), port=port, state=state, process=process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def _read_json(process: subprocess.Popen[bytes], errors: Path) -> dict[str, str]:
    """Return the one JSON value the demo prints when it is ready."""
    assert process.stdout is not None
    text = b""
    while not text.endswith(b"}\n"):
        piece = os.read(process.stdout.fileno(), 65536)
        assert piece, f"the demo did not start:\n{errors.read_text('utf-8', 'replace')}"
        text += piece
    told: dict[str, str] = json.loads(text)
    return told
